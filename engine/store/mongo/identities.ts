// The directory of identities, as one ingest sees it: what stands in the database, and what the ingest itself adds.

import type { Owner } from '../../core/identity.ts';
import { mint } from '../../core/ids.ts';
import type { IdentityKey, PersonId } from '../../core/person.ts';
import type { IncomingEvent } from '../../ports/store.ts';
import type { Directory } from '../ingest-plan.ts';
import { patiently } from './failures.ts';
import { aliasesOf, type Tables } from './tables.ts';

const isUser = (key: IdentityKey): boolean => key.startsWith('user:');

export interface Book extends Directory {
  /** A key that becomes a person's. */
  attach(key: IdentityKey, person: PersonId): void;
  /** Keys attached so far. */
  readonly attached: ReadonlyMap<IdentityKey, PersonId>;
}

/** Reads what planning these events asks for. */
export async function openBook(tables: Tables, events: readonly IncomingEvent[]): Promise<Book> {
  const keys = [...new Set(events.flatMap(({ who, aliases = [] }) => [...who, ...aliases]))];
  const found =
    keys.length === 0 ? [] : await patiently(() => tables.identities.find({ _id: { $in: keys } }).toArray());
  const owners = new Map(found.map(({ _id, person }) => [_id, person]));
  const named = events.flatMap(({ person, links = [] }) => (links.length === 0 ? [] : [...links, person ?? '']));
  const [aliases, known, there] = await Promise.all([
    aliasesOf(tables, named),
    knownAmong(tables, owners, keys),
    whoIsThere(tables, events, named),
  ]);
  const attached = new Map<IdentityKey, PersonId>();
  /** Whom these events would make, until they have. */
  const unmade = new Set(events.filter(({ person }) => person === undefined).map(({ id }) => mint('person', id)));
  const current = (person: PersonId): PersonId | null => {
    const today = aliases.get(person) ?? person;
    if (unmade.has(today)) return null;
    return there === null || there.has(today) || made.has(today) ? today : null;
  };
  const made = new Set<PersonId>();
  return {
    attached,
    owner(key): Owner | undefined {
      const person = owners.get(key);
      return person === undefined ? undefined : { person, known: known.has(person) };
    },
    current,
    attach(key, person) {
      owners.set(key, person);
      attached.set(key, person);
      unmade.delete(person);
      made.add(person);
      if (isUser(key)) known.add(person);
    },
  };
}

/**
 * Owners with a user id of their own. It matters only where an event may unite two, or names a user nobody knows beside
 * a key that somebody has: else nobody is asked.
 */
async function knownAmong(
  tables: Tables,
  owners: ReadonlyMap<IdentityKey, PersonId>,
  keys: readonly IdentityKey[],
): Promise<Set<PersonId>> {
  const known = new Set([...owners].filter(([key]) => isUser(key)).map(([, person]) => person));
  const open = new Set([...owners.values()].filter((person) => !known.has(person)));
  const isNewUser = keys.some((key) => isUser(key) && !owners.has(key));
  if (open.size === 0 || (!isNewUser && known.size + open.size < 2)) return known;
  const theirs = await patiently(() =>
    tables.identities
      .find({ person: { $in: [...open] } })
      .project<{ _id: string; person: PersonId }>({ person: 1 })
      .toArray(),
  );
  for (const { _id, person } of theirs) if (isUser(_id)) known.add(person);
  return known;
}

/** Of people named by the engine itself, who is there; null where nobody is named, and everybody is taken at their word. */
async function whoIsThere(
  tables: Tables,
  events: readonly IncomingEvent[],
  named: readonly PersonId[],
): Promise<ReadonlySet<PersonId> | null> {
  if (named.length === 0) return null;
  const aliases = await aliasesOf(tables, named);
  const ids = [
    ...new Set([...named.map((one) => aliases.get(one) ?? one), ...events.flatMap(({ person }) => person ?? [])]),
  ];
  const found = await patiently(() =>
    tables.people
      .find({ _id: { $in: ids }, erasure: { $exists: false } })
      .project<{ _id: PersonId }>({ _id: 1 })
      .toArray(),
  );
  return new Set(found.map(({ _id }) => _id));
}
