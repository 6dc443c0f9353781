// What an operation is: something a command asks of a Tropa, running or opened for a moment.

import { randomUUID } from 'node:crypto';
import { type IdentityKind, identityKey } from '../../core/identity.ts';
import { mint } from '../../core/ids.ts';
import type { Person, PersonId } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import type { IncomingEvent, Store } from '../../ports/store.ts';
import type { House } from '../house.ts';

export type Operation = (house: House, args: JsonObject) => Promise<Json>;

const PAGE = 500;
const KINDS: readonly IdentityKind[] = ['user', 'email', 'phone', 'anonymous'];

/**
 * Refuses what has to take effect before anybody else decides, while others may: they would send what is being called off.
 * Throws E_CONFIG.
 */
export function refuseBesideOthers({ workers }: Pick<House, 'workers'>): void {
  if (workers === null || workers.alive().every((worker) => worker === workers.own)) return;
  throw new TropaError(
    'E_CONFIG',
    'This has to be done while nobody else decides: stop the workers and servers on this store, do it, and start them again.',
  );
}

/** A required text argument. */
export function textOf(args: JsonObject, name: string): string {
  const value = optionalText(args, name);
  if (value === null) throw new TropaError('E_BAD_REQUEST', `"${name}" is missing.`);
  return value;
}

export function optionalText(args: JsonObject, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Finds a person by user id, email, phone, anonymous id (each also as `email:…`), or Tropa's own id. */
export async function findPerson(store: Store, name: string): Promise<Person | null> {
  for (const key of keysFor(name)) {
    const id: PersonId | null = key === null ? null : await store.find(key);
    const [loaded] = id === null ? [] : await store.load([id]);
    if (loaded !== undefined) return loaded.person;
  }
  return (await store.load([name]))[0]?.person ?? null;
}

function keysFor(name: string): (string | null)[] {
  const kind = KINDS.find((one) => name.startsWith(`${one}:`));
  if (kind !== undefined) return [identityKey(kind, name.slice(kind.length + 1)), identityKey('user', name)];
  return KINDS.map((one) => (one === 'email' && !name.includes('@') ? null : identityKey(one, name)));
}

/** The same, or E_NO_SUCH_PROFILE. */
export async function personOf(store: Store, name: string): Promise<Person> {
  const person = await findPerson(store, name);
  if (person === null)
    throw new TropaError(
      'E_NO_SUCH_PROFILE',
      `Nobody is known as "${name}". Name a user id, an email, a phone or an anonymous id.`,
    );
  return person;
}

/** An event an operator causes: it walks the same road as every other. */
export function eventOf(house: House, person: PersonId, name: string, data: JsonObject): IncomingEvent {
  const now = house.clock.now();
  return { id: mint('operator', randomUUID()), source: 'tropa', name, at: now, received: now, who: [], person, data };
}

export async function cause(house: House, person: PersonId, name: string, data: JsonObject): Promise<void> {
  await house.engine.ingest([eventOf(house, person, name, data)]);
}

type PeopleFilter = Omit<Parameters<Store['people']>[0], 'limit' | 'after'>;

/** Everybody a filter fits, page by page. */
export async function* peopleOf(store: Store, filter: PeopleFilter = {}): AsyncGenerator<readonly Person[]> {
  let after: string | undefined;
  for (;;) {
    const people = await store.people({ ...filter, limit: PAGE, ...(after !== undefined && { after }) });
    if (people.length > 0) yield people;
    if (people.length < PAGE) return;
    after = people.at(-1)?.id;
  }
}

/** A report as JSON carries it. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
