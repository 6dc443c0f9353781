// What the editor of the dashboard does with a journey that is not deployed yet: looks it over, runs its specs, plays it
// with invented people, and publishes it. A draft is files of one journey's folder; everything else is as deployed.

import type { DraftLook, DraftSource, Drafts, Published } from '../http/drafts-host.ts';
import { runSpecs, SpecBench } from '../laboratory/run-specs.ts';
import { simulate } from '../laboratory/simulate.ts';
import { changesBetween } from '../language/compile/changes.ts';
import { type CompiledJourney, compile } from '../language/compile/compile.ts';
import { drawPicture } from '../language/compile/picture.ts';
import { TropaError } from '../language/errors.ts';
import { readWorkspace } from '../language/read-workspace.ts';
import type { Files } from '../language/workspace.ts';
import type { StoredWorkspace } from '../ports/store.ts';
import { deploy, versionHash } from '../runtime/deploy.ts';
import type { Adapters } from './adapters.ts';
import { laboratory } from './commands/reading.ts';
import type { House } from './house.ts';
import { known } from './operations/journeys.ts';

/** Invented people of a simulation asked for from a page: a figure to look at, not to keep the engine waiting for. */
const CROWD = 200;
const DAYS = 30;
const YAML = 'journey.yaml';

/** The desk for drafts; `written` is told of what was published, to write it where the folder is watched. */
export function openDrafts(
  house: House,
  adapters: Adapters,
  written: (journey: string, files: Readonly<Record<string, string>>) => Promise<void>,
): Drafts {
  const reading = { retention: house.config.retention };
  const look = async (id: string, draft: Readonly<Record<string, string>>) => {
    const stored = await house.store.workspace();
    const files = withDraft(await deployedFiles(house, stored), id, draft);
    const { workspace, faults } = readWorkspace(files, house.config.env, reading);
    return { stored, files, workspace, faults };
  };
  return {
    open: (id) => open(house, id),
    async look(id, draft): Promise<DraftLook> {
      const { files, workspace, faults } = await look(id, draft);
      const own = faults.filter(({ place }) => place.file.startsWith(`${id}/`));
      const journey = workspace.journeys.find((one) => one.file === `${id}/${YAML}`);
      const compiled = journey && compile(journey, versionHash(id, files.get(journey.file) ?? ''));
      const live = house.engine.definitions.journey(id)?.compiled;
      return {
        faults: own.map(({ code, place, message, severity }) => ({
          code,
          message,
          severity,
          file: place.file.slice(id.length + 1),
          line: place.line,
          column: place.column,
        })),
        picture: compiled === undefined ? null : drawPicture(compiled),
        changes: compiled === undefined || live === undefined ? null : between(live, compiled),
        templates: live === undefined ? [] : await otherTemplates(house, id, draft),
      };
    },
    async specs(id, draft) {
      const { files, workspace } = await look(id, draft);
      const specs = workspace.specs.filter(({ journey }) => journey === id);
      const parts = await laboratory(adapters);
      try {
        const results = await runSpecs(parts, { files, env: house.config.env, workspace: { ...workspace, specs } });
        const places = new Map(specs.flatMap((spec) => spec.cases.map((one) => [one.name, one.place.line] as const)));
        return results.map(({ case: name, ok, differences }) => ({
          name,
          ok,
          line: places.get(name) ?? 1,
          differences: differences.map(({ about, expected, actual, why }) => ({ about, expected, actual, why })),
        }));
      } finally {
        await parts.renderer.close();
      }
    },
    async simulate(id, draft) {
      const { files, workspace } = await look(id, draft);
      const bench = new SpecBench({ files, env: house.config.env, workspace });
      const compiled = bench.compiled(id);
      if (compiled === undefined)
        throw new TropaError('E_CHECK', 'The journey has errors: mend what is marked, then simulate.');
      const parts = await laboratory(adapters);
      try {
        return await simulate(parts, {
          compiled,
          definitions: bench.workshop(compiled, null),
          start: house.clock.now(),
          days: DAYS,
          profile: null,
          people: CROWD,
          data: null,
        });
      } finally {
        await parts.renderer.close();
      }
    },
    publish: (id, draft, { parent, author, force }) =>
      publish(house, id, draft, { parent, author, force }).then(async (done) => {
        await written(id, draft);
        return done;
      }),
  };
}

async function open(house: House, id: string): Promise<DraftSource> {
  await known(house, id);
  const stored = await house.store.workspace();
  const journey = stored.journeys.find((one) => one.id === id);
  const version = journey === undefined ? null : await house.store.version(journey.current);
  if (journey === undefined || version === null)
    throw new TropaError('E_NO_SUCH_JOURNEY', `There is no journey "${id}".`);
  return {
    files: { [YAML]: version.yaml, ...journey.templates },
    version: version.hash,
    number: version.number,
    author: version.author,
    deployedAt: version.deployedAt,
  };
}

function between(live: CompiledJourney, draft: CompiledJourney): DraftLook['changes'] {
  return changesBetween(
    { journey: live.journey, picture: drawPicture(live) },
    { journey: draft.journey, picture: drawPicture(draft) },
  );
}

/** Names of templates and specs whose text is another than the deployed one. */
async function otherTemplates(house: House, id: string, draft: Readonly<Record<string, string>>): Promise<string[]> {
  const { files } = await open(house, id);
  const names = new Set([...Object.keys(files), ...Object.keys(draft)]);
  return [...names].filter((name) => name !== YAML && files[name] !== draft[name]).sort();
}

interface Publishing {
  readonly parent: string | null;
  readonly author: string;
  readonly force: boolean;
}

/** Throws E_STALE where somebody published another version meanwhile, E_CHECK where it has errors. */
async function publish(
  house: House,
  id: string,
  draft: Readonly<Record<string, string>>,
  { parent, author, force }: Publishing,
): Promise<Published> {
  const stored = await house.store.workspace();
  const current = stored.journeys.find((one) => one.id === id)?.current ?? null;
  if (!force && current !== parent) {
    const version = current === null ? null : await house.store.version(current);
    throw new TropaError(
      'E_STALE',
      `Version ${version?.number ?? '?'} of "${id}" was published meanwhile${version?.author ? ` by ${version.author}` : ''}. Look at what it changes before you publish over it.`,
    );
  }
  const files = withDraft(await deployedFiles(house, stored), id, draft);
  const report = await deploy(house.store, {
    files,
    env: house.config.env,
    now: house.clock.now(),
    author,
    only: id,
    reading: { retention: house.config.retention },
  });
  await house.engine.refresh();
  const { version, number } = await open(house, id);
  return { version, number, changed: report.changed.includes(id) };
}

/** Everything as deployed, as the files of a folder whose folders are named after their journeys. */
async function deployedFiles(house: House, stored: StoredWorkspace): Promise<Map<string, string>> {
  const files = new Map([['tropa.yaml', stored.settings]]);
  for (const { id, current, templates } of stored.journeys) {
    const version = await house.store.version(current);
    if (version !== null) files.set(`${id}/${YAML}`, version.yaml);
    for (const [name, text] of Object.entries(templates)) files.set(`${id}/${name}`, text);
  }
  return files;
}

function withDraft(files: ReadonlyMap<string, string>, id: string, draft: Readonly<Record<string, string>>): Files {
  const kept = [...files].filter(([path]) => !path.startsWith(`${id}/`));
  return new Map([...kept, ...Object.entries(draft).map(([name, text]) => [`${id}/${name}`, text] as const)]);
}
