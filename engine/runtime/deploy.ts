// Deploying: a folder's files become versions in the store, by compare-and-set. Workers read only the store (I8).

import { mint } from '../core/ids.ts';
import { compile } from '../language/compile/compile.ts';
import type { Fault } from '../language/errors.ts';
import { TropaError } from '../language/errors.ts';
import { formatOf } from '../language/format.ts';
import type { Journey } from '../language/journey.ts';
import { type ReadingOptions, readWorkspace } from '../language/read-workspace.ts';
import type { Files } from '../language/workspace.ts';
import type { Deployment, Store, StoredVersion, StoredWorkspace } from '../ports/store.ts';
import { heardBy } from './definitions.ts';

export interface DeployRequest {
  readonly files: Files;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: number;
  readonly author: string | null;
  /** Only this journey, or all of the folder. Settings go along with all. */
  readonly only?: string;
  /** How far back conditions may look, and where the folder stands, for the places of faults. */
  readonly reading?: ReadingOptions;
}

export interface DeployReport {
  /** Journeys whose current version changed. */
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Warnings of `check`; with errors nothing is deployed and E_CHECK is thrown. */
  readonly faults: readonly Fault[];
}

/** Thrown when `check` finds errors: carries all of them. */
export class CheckFailed extends TropaError {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(
      'E_CHECK',
      `The workspace has ${faults.filter((fault) => fault.severity === 'error').length} errors; nothing was deployed. Run \`tropa check\` to see them.`,
    );
    this.faults = faults;
  }
}

/** The hash that names a version: of its text alone. */
export function versionHash(journey: string, yaml: string): string {
  return mint('version', journey, yaml);
}

/** Deploys what changed. A journey whose folder vanished stays as it is: a folder is input, not truth. */
export async function deploy(store: Store, request: DeployRequest): Promise<DeployReport> {
  const { workspace, faults } = readWorkspace(request.files, request.env, request.reading);
  if (faults.some((fault) => fault.severity === 'error')) throw new CheckFailed(faults);
  const stored = await store.workspace();
  const wanted = workspace.journeys.filter((journey) => request.only === undefined || journey.id === request.only);
  if (request.only !== undefined && wanted.length === 0)
    throw new TropaError('E_NO_SUCH_JOURNEY', `There is no journey "${request.only}" in the workspace folder.`);
  const deployment = planOf(stored, request, wanted);
  const { stale } = await store.deploy(deployment.plan);
  if (stale.length > 0)
    throw new TropaError(
      'E_STALE',
      `${stale.join(', ')} changed in the store meanwhile. Deploy again to look at what is there now.`,
    );
  return {
    changed: deployment.changed,
    unchanged: wanted.map((journey) => journey.id).filter((id) => !deployment.changed.includes(id)),
    faults,
  };
}

function planOf(
  stored: StoredWorkspace,
  request: DeployRequest,
  journeys: readonly Journey[],
): { plan: Deployment; changed: string[] } {
  const plans = journeys.map((journey) => planOne(stored, request, journey));
  const settings = request.files.get('tropa.yaml') ?? '';
  return {
    plan: {
      ...(request.only === undefined && settings !== stored.settings && { settings }),
      journeys: plans.filter((plan) => plan.moved).map(({ moved: _moved, ...plan }) => plan),
    },
    changed: plans.filter((plan) => plan.version !== null).map((plan) => plan.id),
  };
}

type JourneyPlan = Deployment['journeys'][number] & { readonly moved: boolean };

/** What one journey's folder changes: its version, its templates, or nothing. */
function planOne(stored: StoredWorkspace, request: DeployRequest, journey: Journey): JourneyPlan {
  const { id, file } = journey;
  const yaml = request.files.get(file) ?? '';
  const hash = versionHash(id, yaml);
  const known = stored.journeys.find((one) => one.id === id);
  const templates = templatesIn(request, file.slice(0, file.lastIndexOf('/') + 1));
  const expect = known?.current ?? null;
  const moved = expect !== hash || JSON.stringify(known?.templates) !== JSON.stringify(templates);
  const version =
    expect === hash
      ? null
      : {
          hash,
          journey: id,
          yaml,
          parent: expect,
          deployedAt: request.now,
          author: request.author,
          ...told(journey, hash),
        };
  return { id, version, expect, templates, moved };
}

/** What a release that does not understand this version needs to know, to leave its people to others. */
function told(journey: Journey, hash: string): Pick<StoredVersion, 'format' | 'hears'> {
  const format = formatOf(journey);
  return format === 1 ? {} : { format, hears: [...new Set(heardBy(compile(journey, hash)))] };
}

function templatesIn({ files }: DeployRequest, folder: string): Record<string, string> {
  // Its tests go along: whoever edits it in the dashboard runs them.
  const own = [...files].filter(
    ([path]) => path.startsWith(folder) && (!path.endsWith('.yaml') || path === `${folder}journey.spec.yaml`),
  );
  return Object.fromEntries(own.map(([path, text]) => [path.slice(folder.length), text]));
}
