// Journeys, their versions and the workspace's settings. One document says what is in force, so that one guarded write
// moves all of it or nothing; versions and templates stand apart, under their hashes, and are never changed.

import { mint } from '../../core/ids.ts';
import type { Instant } from '../../language/values.ts';
import type { Deployment, StoredVersion, StoredWorkspace } from '../../ports/store.ts';
import type { JourneyPart, VersionDoc, WorkspaceDoc } from './documents.ts';
import { insertNew, patiently } from './failures.ts';
import type { Tables } from './tables.ts';

const TRIES = 50;
const EMPTY: WorkspaceDoc = { _id: 'one', revision: 0, settings: '', journeys: [] };

export interface Definitions {
  workspace(): Promise<StoredWorkspace>;
  version(hash: string): Promise<StoredVersion | null>;
  versions(journey: string): Promise<StoredVersion[]>;
  deploy(deployment: Deployment): Promise<{ stale: string[] }>;
  setJourney(id: string, flags: { paused?: boolean; archived?: boolean }, now: Instant): Promise<void>;
}

export function createDefinitions(tables: Tables): Definitions {
  /** By hash: what stands under one never changes. */
  const templates = new Map<string, Readonly<Record<string, string>>>();
  let known: StoredWorkspace | null = null;

  const stand = async (): Promise<WorkspaceDoc> =>
    (await patiently(() => tables.workspace.findOne({ _id: 'one' }))) ?? EMPTY;

  async function workspace(): Promise<StoredWorkspace> {
    // Asked every second by every process: as long as nothing changed, the answer is one number.
    if (known !== null) {
      const now = await patiently(() => tables.workspace.findOne({ _id: 'one' }, { projection: { revision: 1 } }));
      if ((now?.revision ?? 0) === known.revision) return known;
    }
    const doc = await stand();
    await learn(doc.journeys.map((journey) => journey.templates));
    const journeys = doc.journeys.map(({ versions: _, ...journey }) => ({
      ...journey,
      templates: templates.get(journey.templates) ?? {},
    }));
    known = {
      revision: doc.revision,
      settings: doc.settings,
      journeys: journeys.sort((a, b) => (a.id < b.id ? -1 : 1)),
    };
    return known;
  }

  async function learn(hashes: readonly string[]): Promise<void> {
    const missing = hashes.filter((hash) => !templates.has(hash));
    if (missing.length === 0) return;
    const found = await patiently(() => tables.templates.find({ _id: { $in: missing } }).toArray());
    for (const { _id, text } of found) templates.set(_id, JSON.parse(text) as Record<string, string>);
  }

  /** Replaces what is in force where it is as it was read. */
  async function move(from: WorkspaceDoc, to: Omit<WorkspaceDoc, '_id' | 'revision'>): Promise<boolean> {
    const next: WorkspaceDoc = { ...to, _id: 'one', revision: from.revision + 1 };
    if (from.revision === 0) {
      const taken = await insertNew(tables.workspace, [next]);
      if (taken.size === 0) return true;
    }
    const { matchedCount } = await patiently(() =>
      tables.workspace.replaceOne({ _id: 'one', revision: from.revision }, next),
    );
    return matchedCount > 0;
  }

  return {
    workspace,
    async version(hash) {
      const [doc, from] = await Promise.all([patiently(() => tables.versions.findOne({ _id: hash })), stand()]);
      return versionOut(doc, from);
    },
    async versions(journey) {
      const from = await stand();
      const hashes = from.journeys.find(({ id }) => id === journey)?.versions ?? [];
      const found = await patiently(() => tables.versions.find({ _id: { $in: [...hashes] } }).toArray());
      return found.flatMap((doc) => versionOut(doc, from) ?? []).sort((a, b) => a.number - b.number);
    },
    async deploy(deployment) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const from = await stand();
        const stale = deployment.journeys.filter((part) => isStale(from, part)).map(({ id }) => id);
        if (stale.length > 0) return { stale };
        await publish(tables, deployment);
        const journeys = [...from.journeys.filter(({ id }) => !deployment.journeys.some((part) => part.id === id))];
        for (const part of deployment.journeys) journeys.push(partOf(from, part));
        if (await move(from, { settings: deployment.settings ?? from.settings, journeys })) return { stale: [] };
      }
      throw new Error('the workspace changes faster than it can be deployed');
    },
    async setJourney(id, flags, now) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const from = await stand();
        if (!from.journeys.some((journey) => journey.id === id)) return;
        const journeys = from.journeys.map((journey) => (journey.id === id ? { ...journey, ...flags } : journey));
        if (!(await move(from, { settings: from.settings, journeys }))) continue;
        if (flags.paused === false)
          await patiently(() => tables.people.updateMany({ inside: id }, { $min: { due: now } }));
        return;
      }
      throw new Error('the workspace changes faster than it can be set');
    },
  };
}

type Part = Deployment['journeys'][number];

/** A journey nobody has deployed yet cannot change its templates alone. */
function isStale(from: WorkspaceDoc, part: Part): boolean {
  const current = from.journeys.find(({ id }) => id === part.id)?.current ?? null;
  if (part.expect !== null && part.expect !== current) return true;
  return part.version === null && current === null;
}

function partOf(from: WorkspaceDoc, part: Part): JourneyPart {
  const standing = from.journeys.find(({ id }) => id === part.id);
  const current = part.version?.hash ?? standing?.current ?? '';
  const versions = standing?.versions ?? [];
  return {
    id: part.id,
    current,
    versions: versions.includes(current) ? versions : [...versions, current],
    paused: standing?.paused ?? false,
    archived: standing?.archived ?? false,
    templates: hashOf(part),
  };
}

const hashOf = ({ templates }: Part): string => mint('templates', JSON.stringify(templates));

/** What is about to be in force stands there before anything names it. */
async function publish(tables: Tables, { journeys }: Deployment): Promise<void> {
  await insertNew(
    tables.templates,
    [...new Map(journeys.map((part) => [hashOf(part), JSON.stringify(part.templates)]))].map(([_id, text]) => ({
      _id,
      text,
    })),
  );
  const fresh = journeys.flatMap(({ id, version }) => (version === null ? [] : [{ ...version, journey: id }]));
  await insertNew(
    tables.versions,
    fresh.map(
      ({ hash, journey, yaml, parent, deployedAt, author, format = 1, hears = [] }): VersionDoc => ({
        _id: hash,
        journey,
        yaml,
        parent,
        deployedAt,
        author,
        ...(format > 1 && { format, hears }),
      }),
    ),
  );
}

/** Numbered in the order in which they first came into force; what never was in force is not told of. */
function versionOut(doc: VersionDoc | null, from: WorkspaceDoc): StoredVersion | null {
  if (doc === null) return null;
  const { _id: hash, journey, yaml, parent, deployedAt, author, format, hears } = doc;
  const n = from.journeys.find(({ id }) => id === journey)?.versions.indexOf(hash) ?? -1;
  return n < 0
    ? null
    : {
        hash,
        journey,
        number: n + 1,
        yaml,
        parent,
        deployedAt,
        author,
        ...(format !== undefined && { format, hears: hears ?? [] }),
      };
}
