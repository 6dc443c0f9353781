// What every part of this store is given, and the few questions all of them ask.

import { randomBytes } from 'node:crypto';
import type { PersonId } from '../../core/person.ts';
import { erasedDigest } from '../erased-digest.ts';
import type { Collections } from './documents.ts';
import { patiently } from './failures.ts';
import type { Crew } from './workers.ts';

export interface Tables extends Collections {
  readonly crew: Crew;
  /** A name for one call's writes, like no other. */
  token(): string;
}

export function tablesOf(all: Collections, crew: Crew): Tables {
  const process = randomBytes(9).toString('base64url');
  let count = 0;
  return {
    ...all,
    crew,
    token() {
      count += 1;
      return `${process}.${count.toString(36)}`;
    },
  };
}

/** Tells of people who they are today; null for those who were erased. */
export type Today = (people: readonly PersonId[]) => Promise<(person: PersonId) => PersonId | null>;

/** Who has become another: loser to winner. Nobody else is named. */
export async function aliasesOf(tables: Tables, people: Iterable<PersonId>): Promise<ReadonlyMap<PersonId, PersonId>> {
  const ids = [...new Set(people)];
  if (ids.length === 0) return new Map();
  const found = await patiently(() => tables.aliases.find({ _id: { $in: ids } }).toArray());
  return new Map(found.map(({ _id, winner }) => [_id, winner]));
}

/** Those of these who were erased. */
export async function erasedAmong(tables: Tables, people: Iterable<PersonId>): Promise<ReadonlySet<PersonId>> {
  const digests = new Map([...new Set(people)].map((person) => [erasedDigest(person), person]));
  if (digests.size === 0) return new Set();
  const found = await patiently(() => tables.erased.find({ _id: { $in: [...digests.keys()] } }).toArray());
  return new Set(found.flatMap(({ _id }) => digests.get(_id) ?? []));
}

/** Groups in the order of their first members. */
export function grouped<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
