// The workspace folder on its way into the store of a server: at its start, and on every save where it is watched.

import { watch } from 'node:fs';
import { formatFault, TropaError } from '../language/errors.ts';
import { readSettings } from '../language/read-settings.ts';
import type { Settings } from '../language/settings.ts';
import { CheckFailed, type DeployReport, deploy } from '../runtime/deploy.ts';
import type { House } from './house.ts';
import { prefixOf, readFolder } from './workspace-folder.ts';

/** Milliseconds within which several saves are one deployment. */
const TOGETHER = 200;

export interface FolderDeployment {
  readonly workspace: string;
  readonly author: string | null;
  readonly only: string | null;
}

/** Deploys a folder. Refuses, beyond loopback, settings with the demonstration's write key (E_DEMO_KEY). */
export async function deployInto(house: House, { workspace, author, only }: FolderDeployment): Promise<DeployReport> {
  const { store, engine, clock, config } = house;
  const files = await readFolder(workspace);
  if (only === null)
    refuseDemoKey(readSettings('tropa.yaml', files.get('tropa.yaml') ?? '', config.env).settings, house);
  const reading = { prefix: prefixOf(workspace), retention: config.retention };
  const report = await deploy(store, {
    files,
    env: config.env,
    now: clock.now(),
    author,
    reading,
    ...(only !== null && { only }),
  });
  await engine.refresh();
  return report;
}

/** Throws E_DEMO_KEY where everybody could send events: with the write key `demo`, beyond this machine. */
export function refuseDemoKey(settings: Settings, { config }: Pick<House, 'config'>): void {
  if (config.loopback) return;
  const keysOf = (options: Settings['sources'][number]['options']) => [options.write_key, options.browser_key].flat();
  const open = settings.sources.find((source) => keysOf(source.options).includes('demo'));
  if (open === undefined) return;
  throw new TropaError(
    'E_DEMO_KEY',
    `Source "${open.name}" has the demonstration's write key, which everybody knows, and HOST ${config.host} listens beyond this machine. Give it a key of your own in tropa.yaml, or unset HOST.`,
  );
}

/**
 * Deploys at the start. With faults the versions of the store go on; where it has none, there is nothing to serve. A store
 * that many share is left as it is once it has any, unless the folder is watched: one of many folders is not the truth.
 */
export async function deployAtStart(house: House, { watch = false } = {}): Promise<void> {
  const { journeys } = await house.store.workspace();
  if (house.workers !== null && journeys.length > 0 && !watch) return void (await house.engine.refresh());
  const result = await tried(house);
  if (!(result instanceof Error)) return;
  if (result instanceof TropaError && result.code === 'E_DEMO_KEY') throw result;
  if (journeys.length === 0 && !(result instanceof CheckFailed)) throw result;
  if (journeys.length === 0)
    throw new TropaError(
      'E_CHECK',
      'There is no version of an earlier time to go on with. Mend what is named above, then start again.',
    );
  await house.engine.refresh();
}

/** Deploys on save; what changed within a moment is one deployment. Answers how to stop. */
export function watchFolder(house: House): () => void {
  let timer: NodeJS.Timeout | null = null;
  let underway: Promise<unknown> = Promise.resolve();
  const again = (): void => {
    timer = null;
    underway = underway.then(async () => {
      const result = await tried(house);
      if (!(result instanceof Error)) console.error(`Deployed: ${result.changed.join(', ') || 'no journey changed'}.`);
    });
  };
  const soon = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(again, TOGETHER);
  };
  try {
    const watcher = watch(house.config.workspace, { recursive: true }, soon);
    // A folder that vanishes archives nothing: the store's versions go on.
    watcher.on('error', lost);
    return () => {
      if (timer !== null) clearTimeout(timer);
      watcher.close();
    };
  } catch (error) {
    lost(error);
    return () => undefined;
  }
}

const lost = (error: unknown): void =>
  console.error(
    `The workspace folder cannot be watched: ${error instanceof Error ? error.message : String(error)}. Start again to take over what you save.`,
  );

/** Deploys and says what is wrong; answers the error where the store's versions go on. */
async function tried(house: House): Promise<DeployReport | Error> {
  try {
    const report = await deployInto(house, { workspace: house.config.workspace, author: null, only: null });
    for (const fault of report.faults) console.error(formatFault(fault));
    return report;
  } catch (error) {
    if (error instanceof CheckFailed) for (const fault of error.faults) console.error(formatFault(fault));
    const why = error instanceof TropaError ? `${error.code} ${error.message}` : String(error);
    console.error(`${why}\nNothing was deployed; the versions in the store go on.`);
    return error instanceof Error ? error : new Error(String(error));
  }
}
