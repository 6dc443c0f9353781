// What authors' commands share: a workspace read and checked, a journey of it compiled, the laboratory's parts.

import type { LabParts } from '../../laboratory/world.ts';
import type { CompiledJourney } from '../../language/compile/compile.ts';
import { compile } from '../../language/compile/compile.ts';
import type { Fault } from '../../language/errors.ts';
import { formatFault, TropaError } from '../../language/errors.ts';
import { readWorkspace } from '../../language/read-workspace.ts';
import { didYouMean } from '../../language/suggest.ts';
import type { Files, Workspace } from '../../language/workspace.ts';
import { versionHash } from '../../runtime/deploy.ts';
import { createRenderer } from '../../runtime/render/renderer.ts';
import type { Adapters } from '../adapters.ts';
import type { Context } from '../context.ts';
import type { Meant } from '../workspace-folder.ts';
import { belongs, prefixOf, readFolder, workspaceOfPath } from '../workspace-folder.ts';

export interface Read {
  /** Stands before the paths of files, as the author would type them. */
  readonly prefix: string;
  readonly meant: Meant;
  readonly files: Files;
  readonly workspace: Workspace;
  readonly faults: readonly Fault[];
}

/** A workspace, one of its journeys or one file, as the author named it. The whole workspace is read either way. */
export async function read({ config }: Context, path?: string): Promise<Read> {
  const meant = path === undefined ? { workspace: config.workspace, part: '' } : workspaceOfPath(path);
  const prefix = prefixOf(meant.workspace);
  const files = await readFolder(meant.workspace);
  const { workspace, faults } = readWorkspace(files, config.env, { retention: config.retention, prefix });
  const own = faults.filter((fault) => belongs(fault.place.file.slice(prefix.length), meant));
  return { prefix, meant, files, workspace, faults: own };
}

export const errorsOf = (faults: readonly Fault[]): Fault[] => faults.filter((fault) => fault.severity === 'error');

/** What the laboratory is made of; its renderer is to be closed. */
export async function laboratory(adapters: Adapters): Promise<LabParts> {
  const [store, wakeups, sandbox] = await Promise.all([adapters.memoryStore(), adapters.wakeups(), adapters.sandbox()]);
  return { store, wakeups, sandbox, renderer: createRenderer() };
}

export interface CompiledOf {
  readonly files: Files;
  readonly workspace: Workspace;
  readonly compiled: CompiledJourney;
}

/** A journey of the workspace folder. Throws E_NO_SUCH_JOURNEY where it is not there or has errors, which are printed. */
export async function compiledOf(context: Context, id: string): Promise<CompiledOf> {
  const { files, workspace, faults } = await read(context);
  const journey = workspace.journeys.find((one) => one.id === id);
  if (journey !== undefined)
    return { files, workspace, compiled: compile(journey, versionHash(id, files.get(journey.file) ?? '')) };
  for (const fault of errorsOf(faults)) console.error(formatFault(fault));
  const near = didYouMean(
    id,
    workspace.journeys.map((one) => one.id),
  );
  throw new TropaError(
    'E_NO_SUCH_JOURNEY',
    `There is no journey "${id}" without errors in ${context.config.workspace}.${near}`,
  );
}
