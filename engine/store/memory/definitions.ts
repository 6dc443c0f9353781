// Journeys, their versions and the workspace's settings.

import type { Instant } from '../../language/values.ts';
import type { Deployment, StoredVersion, StoredWorkspace } from '../../ports/store.ts';
import { frozenCopyOf } from './plain.ts';
import { type Tables, wakeBy } from './tables.ts';

export function workspace(tables: Tables): StoredWorkspace {
  const journeys = [...tables.journeys.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { revision: tables.revision, settings: tables.settings, journeys };
}

export function versions(tables: Tables, journey: string): StoredVersion[] {
  return [...tables.versions.values()].filter((v) => v.journey === journey).sort((a, b) => a.number - b.number);
}

export function deploy(tables: Tables, deployment: Deployment): { stale: string[] } {
  const stale = deployment.journeys.filter((journey) => isStale(tables, journey)).map(({ id }) => id);
  if (stale.length > 0) return { stale };
  for (const journey of deployment.journeys) deployOne(tables, journey);
  if (deployment.settings !== undefined) tables.settings = deployment.settings;
  tables.revision += 1;
  return { stale };
}

type Part = Deployment['journeys'][number];

/** A journey nobody has deployed yet cannot change its templates alone. */
function isStale(tables: Tables, part: Part): boolean {
  const current = tables.journeys.get(part.id)?.current ?? null;
  if (part.expect !== null && part.expect !== current) return true;
  return part.version === null && current === null;
}

function deployOne(tables: Tables, part: Part): void {
  const standing = tables.journeys.get(part.id);
  if (part.version !== null && !tables.versions.has(part.version.hash)) {
    const number = versions(tables, part.id).length + 1;
    tables.versions.set(part.version.hash, frozenCopyOf({ ...part.version, journey: part.id, number }));
  }
  tables.journeys.set(
    part.id,
    frozenCopyOf({
      id: part.id,
      current: part.version?.hash ?? standing!.current,
      paused: standing?.paused ?? false,
      archived: standing?.archived ?? false,
      templates: part.templates,
    }),
  );
}

export function setJourney(
  tables: Tables,
  id: string,
  flags: { paused?: boolean; archived?: boolean },
  now: Instant,
): void {
  const standing = tables.journeys.get(id);
  if (standing === undefined) return;
  tables.journeys.set(id, frozenCopyOf({ ...standing, ...flags }));
  tables.revision += 1;
  if (flags.paused !== false) return;
  for (const row of tables.people.values()) if (row.digest.inside.includes(id)) wakeBy(tables, row, now);
}
