// Definitions that a newer release wrote and this one does not understand: whose people they are is left to workers that
// do. It is said once for each, and shown by `tropa doctor`.

import type { Logger } from 'pino';
import type { Person } from '../core/person.ts';
import { FORMAT } from '../language/format.ts';
import type { StoredEvent, StoredVersion } from '../ports/store.ts';

/** One such version, as it is told of. */
export interface BeyondVersion {
  readonly hash: string;
  readonly journey: string;
  readonly number: number;
  /** What it needs; above `FORMAT`. */
  readonly format: number;
  /** Names of the events it may care about; null: nobody told, so it may be any. */
  readonly hears: readonly string[] | null;
}

export class Beyond {
  readonly #logger: Logger;
  readonly #versions = new Map<string, BeyondVersion>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get(hash: string): BeyondVersion | undefined {
    return this.#versions.get(hash);
  }

  add({ hash, journey, number, format, hears }: StoredVersion): void {
    if (this.#versions.has(hash)) return;
    // A text of our own format that cannot be read was written by a release that knew better.
    const needs = Math.max(format ?? 1, FORMAT + 1);
    this.#versions.set(hash, { hash, journey, number, format: needs, hears: hears ?? null });
    this.#logger.warn(
      { journey, version: number, format: needs, understands: FORMAT },
      'a definition of a newer release: its people are left to workers that understand it; upgrade this one',
    );
  }
}

/** What of the workspace in force is not understood here. */
export interface Strange {
  /** Journeys whose current version is beyond. */
  readonly current: readonly BeyondVersion[];
  /** Any version somebody may be inside of. */
  version(hash: string): BeyondVersion | undefined;
}

/** Which format deciding this person, and these events of theirs, needs; null where this release understands all of it. */
export function needed(strange: Strange, person: Person, events: readonly StoredEvent[]): number | null {
  const standing = versionsOf(person).flatMap((hash) => strange.version(hash) ?? []);
  const entering = strange.current.filter(
    (one) => person.idle.some(({ journey }) => journey === one.journey) || events.some((event) => mayEnter(one, event)),
  );
  const formats = [...standing, ...entering].map(({ format }) => format);
  return formats.length === 0 ? null : Math.max(...formats);
}

/** Every version that deciding about this person asks for. */
export function versionsOf({ enrollments, outbox, goals }: Person): string[] {
  return [...enrollments, ...outbox, ...goals].map(({ version }) => version);
}

function mayEnter({ journey, hears }: BeyondVersion, { name, data }: StoredEvent): boolean {
  return name === 'tropa.start' ? data.journey === journey : hears === null || hears.includes(name);
}
