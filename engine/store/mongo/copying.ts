// Intents on their way to where they belong: journal, ledger, emitted events, done marks; late, repeated and shuffled as
// they may come (I4).

import type { Intent, LedgerChange, PersonId } from '../../core/person.ts';
import type { Forgettable } from '../../ports/keeping.ts';
import type { IncomingEvent } from '../../ports/store.ts';
import { movedLineId } from '../journal-place.ts';
import { lastIntent } from '../person-digest.ts';
import { type Applied, ingest, keepApplied } from './arrivals.ts';
import type { LineDoc } from './documents.ts';
import { insertNew, patiently } from './failures.ts';
import { changeRows } from './ledger.ts';
import { placeOf } from './shapes.ts';
import { aliasesOf, erasedAmong, type Tables, type Today } from './tables.ts';

/** Real milliseconds for which somebody committed by this process is neither merged nor erased by another: see `erase`. */
export const SURELY_THERE = 500;
/** How long notes that something was copied are gathered: they only spare work after a crash. */
const GATHER = 500;
const MOST_REMEMBERED = 20_000;

export interface Work {
  readonly person: PersonId;
  readonly intents: readonly Intent[];
}

export interface Copier {
  copy(work: readonly Work[]): Promise<void>;
  readonly today: Today;
  /** These were committed just now. */
  committed(people: Iterable<PersonId>): void;
  /** Somebody who is gone. */
  forget(person: PersonId): void;
  /** Writes what was gathered. */
  flush(): Promise<void>;
  /** Before which moments something may be forgotten. */
  horizon(kind: Forgettable, at?: number): number;
  loadHorizons(): Promise<void>;
}

export function createCopier(tables: Tables): Copier {
  const recent = new Map<PersonId, number>();
  const copied = new Map<PersonId, string>();
  const horizons = new Map<Forgettable, number>();
  let timer: NodeJS.Timeout | null = null;

  async function today(people: readonly PersonId[]): Promise<(person: PersonId) => PersonId | null> {
    const since = performance.now() - SURELY_THERE;
    const unsure = people.filter((person) => (recent.get(person) ?? Number.NEGATIVE_INFINITY) < since);
    const [aliases, erased] = await Promise.all([aliasesOf(tables, unsure), erasedAmong(tables, unsure)]);
    return (person) => (erased.has(person) ? null : (aliases.get(person) ?? person));
  }

  /** Intents that surely were copied before and may be forgotten since: copying them again would bring them back. */
  async function past(work: readonly Work[]): Promise<(person: PersonId, intent: Intent) => boolean> {
    const isOld = (intent: Intent): boolean => {
      const [kind, at] = momentOf(intent);
      return kind !== null && at < (horizons.get(kind) ?? Number.NEGATIVE_INFINITY);
    };
    const asked = work.filter(({ intents }) => intents.some(isOld)).map(({ person }) => person);
    if (asked.length === 0) return () => false;
    await flush();
    const owing = await patiently(() =>
      tables.people
        .find({ _id: { $in: asked }, owed: { $ne: null } })
        .project<{ _id: string }>({ _id: 1 })
        .toArray(),
    );
    const owes = new Set(owing.map(({ _id }) => _id));
    return (person, intent) => isOld(intent) && !owes.has(person);
  }

  async function copy(work: readonly Work[]): Promise<void> {
    const [current, isPast] = await Promise.all([today(work.map(({ person }) => person)), past(work)]);
    const { lines, changes, emitted, applied, done } = sorted(
      work.flatMap(({ person: origin, intents }) => {
        const person = current(origin);
        if (person === null) return [];
        return intents.filter((intent) => !isPast(origin, intent)).map((intent) => ({ origin, person, intent }));
      }),
    );
    await Promise.all([
      insertNew(tables.journal, lines),
      changeRows(tables, changes),
      markDone(tables, done),
      keepApplied(tables, applied),
    ]);
    if (emitted.length > 0) await ingest(tables, emitted);
    for (const { person, intents } of work) note(person, lastIntent(intents));
  }

  function note(person: PersonId, last: string | null): void {
    if (last === null) return;
    copied.set(person, last);
    timer ??= setTimeout(() => void flush().catch(() => undefined), GATHER).unref();
  }

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const notes = [...copied];
    copied.clear();
    if (notes.length === 0) return;
    const writes = notes.map(([_id, owed]) => ({
      updateOne: { filter: { _id, owed }, update: { $set: { owed: null } } },
    }));
    await patiently(() => tables.people.bulkWrite(writes, { ordered: false }));
  }

  return {
    copy,
    today,
    flush,
    committed(people) {
      const now = performance.now();
      for (const person of people) {
        recent.delete(person);
        recent.set(person, now);
      }
      for (const person of recent.keys()) {
        if (recent.size <= MOST_REMEMBERED) break;
        recent.delete(person);
      }
    },
    forget(person) {
      recent.delete(person);
      copied.delete(person);
    },
    horizon(kind, at) {
      const known = horizons.get(kind) ?? Number.NEGATIVE_INFINITY;
      if (at !== undefined && at > known) horizons.set(kind, at);
      return horizons.get(kind) ?? Number.NEGATIVE_INFINITY;
    },
    async loadHorizons() {
      for (const { _id, at } of await patiently(() => tables.horizons.find({}).toArray())) horizons.set(_id, at);
    },
  };
}

interface Placed {
  readonly origin: PersonId;
  readonly person: PersonId;
  readonly intent: Intent;
}

/** Intents by where they belong. */
function sorted(all: readonly Placed[]) {
  const lines: LineDoc[] = [];
  const changes: { person: PersonId; change: LedgerChange }[] = [];
  const emitted: IncomingEvent[] = [];
  const applied: Applied[] = [];
  const done: string[] = [];
  for (const { origin, person, intent } of all) {
    if (intent.kind === 'journal') lines.push(lineDoc(origin, person, intent));
    else if (intent.kind === 'ledger') changes.push({ person, change: intent.change });
    else if (intent.kind === 'done') done.push(intent.id);
    else if (intent.applied === true) applied.push({ ...eventIn(person, intent), person });
    else emitted.push(eventIn(person, intent));
  }
  return { lines, changes, emitted, applied, done };
}

function momentOf(intent: Intent): readonly [Forgettable | null, number] {
  if (intent.kind === 'journal') return ['journal', intent.entry.at];
  if (intent.kind === 'ledger') return ['messages', intent.change.at];
  return intent.kind === 'emit' ? ['events', intent.event.at] : [null, 0];
}

function lineDoc(origin: PersonId, person: PersonId, { id, entry }: Extract<Intent, { kind: 'journal' }>): LineDoc {
  return {
    _id: `${origin}/${id}`,
    person,
    id: person === origin ? id : movedLineId(id, origin),
    journey: entry.journey ?? null,
    at: entry.at,
    place: placeOf(origin, id),
    body: JSON.stringify(entry),
  };
}

function eventIn(person: PersonId, { id, event }: Extract<Intent, { kind: 'emit' }>): IncomingEvent {
  const { name, at, data, hops } = event;
  return { id, source: 'tropa', name, at, received: at, who: [], person, data, hops };
}

async function markDone(tables: Tables, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await patiently(() => tables.events.updateMany({ _id: { $in: [...ids] }, done: false }, { $set: { done: true } }));
}
