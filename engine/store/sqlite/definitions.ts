// Journeys, their versions and the workspace's settings.

import type { Database } from 'better-sqlite3';
import type { StoredVersion } from '../../ports/store.ts';
import type { Queue } from './queue.ts';
import type { DeploymentIn, WorkspaceOut } from './rows.ts';

type Part = DeploymentIn['journeys'][number];
type JourneyRow = Omit<WorkspaceOut['journeys'][number], 'paused' | 'archived'> & { paused: number; archived: number };

const VERSION = 'hash, journey, number, yaml, parent, deployed_at AS deployedAt, author, format, hears';
type VersionRow = Omit<StoredVersion, 'format' | 'hears'> & { readonly format: number; readonly hears: string };

export function prepareDefinitions(db: Database, queue: Queue) {
  const settings = db.prepare<[], { revision: number; settings: string }>('SELECT revision, settings FROM workspace');
  const configure = db.prepare<[string]>('UPDATE workspace SET settings = ?');
  const bump = db.prepare<[]>('UPDATE workspace SET revision = revision + 1');
  const journeys = db.prepare<[], JourneyRow>(
    'SELECT id, current, paused, archived, templates FROM journeys ORDER BY id',
  );
  const current = db.prepare<[string], { current: string }>('SELECT current FROM journeys WHERE id = ?');
  const put = db.prepare<[string, string, string]>(`
    INSERT INTO journeys (id, current, paused, archived, templates) VALUES (?, ?, 0, 0, ?)
    ON CONFLICT (id) DO UPDATE SET current = excluded.current, templates = excluded.templates`);
  const flag = db.prepare<[number | null, number | null, string]>(`
    UPDATE journeys SET paused = coalesce(?, paused), archived = coalesce(?, archived) WHERE id = ?`);
  const version = db.prepare<[string], VersionRow>(`SELECT ${VERSION} FROM versions WHERE hash = ?`);
  const versions = db.prepare<[string], VersionRow>(
    `SELECT ${VERSION} FROM versions WHERE journey = ? ORDER BY number`,
  );
  const publish = db.prepare<[Omit<VersionRow, 'number'>]>(`
    INSERT INTO versions (hash, journey, number, yaml, parent, deployed_at, author, format, hears)
    VALUES (:hash, :journey, (SELECT coalesce(max(number), 0) + 1 FROM versions WHERE journey = :journey),
      :yaml, :parent, :deployedAt, :author, :format, :hears)
    ON CONFLICT (hash) DO NOTHING`);

  /** A journey nobody has deployed yet cannot change its templates alone. */
  function isStale(part: Part): boolean {
    const standing = current.get(part.id)?.current ?? null;
    if (part.expect !== null && part.expect !== standing) return true;
    return part.version === null && standing === null;
  }

  function deployOne(part: Part): void {
    if (part.version !== null) {
      const { hash, yaml, parent, deployedAt, author, format = 1, hears = [] } = part.version;
      const row = { hash, journey: part.id, yaml, parent, deployedAt, author, format, hears: JSON.stringify(hears) };
      publish.run(row);
    }
    put.run(part.id, part.version?.hash ?? current.get(part.id)!.current, part.templates);
  }

  return {
    workspace(): WorkspaceOut {
      const all = journeys.all().map((row) => ({ ...row, paused: row.paused === 1, archived: row.archived === 1 }));
      return { ...settings.get()!, journeys: all };
    },
    version: (hash: string): StoredVersion | null => versionOut(version.get(hash)),
    versions: (journey: string): StoredVersion[] => versions.all(journey).flatMap((row) => versionOut(row) ?? []),
    deploy(deployment: DeploymentIn): { stale: string[] } {
      const stale = deployment.journeys.filter(isStale).map(({ id }) => id);
      if (stale.length > 0) return { stale };
      for (const part of deployment.journeys) deployOne(part);
      if (deployment.settings !== undefined) configure.run(deployment.settings);
      bump.run();
      return { stale };
    },
    setJourney(id: string, flags: { paused?: boolean; archived?: boolean }, now: number): void {
      const { changes } = flag.run(asColumn(flags.paused), asColumn(flags.archived), id);
      if (changes === 0) return;
      bump.run();
      if (flags.paused === false) queue.wakeInside(id, now);
    },
  };
}

/** What every release understands says nothing of formats. */
function versionOut(row: VersionRow | undefined): StoredVersion | null {
  if (row === undefined) return null;
  const { format, hears, ...version } = row;
  return format === 1 ? version : { ...version, format, hears: JSON.parse(hears) as string[] };
}

const asColumn = (value: boolean | undefined): number | null => (value === undefined ? null : Number(value));
