// What an operation is: something a command asks of a Tropa, running or opened for a moment.

import { randomUUID } from 'node:crypto';
import { mint } from '../../core/ids.ts';
import { identityKey } from '../../core/identity.ts';
import type { Person, PersonId } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import type { House } from '../house.ts';

export type Operation = (house: House, args: JsonObject) => Promise<Json>;

/** A required text argument. */
export function textOf(args: JsonObject, name: string): string {
  const value = args[name];
  if (typeof value !== 'string' || value === '') throw new TropaError('E_BAD_REQUEST', `"${name}" is missing.`);
  return value;
}

export function optionalText(args: JsonObject, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Finds a person by user id, email, phone, anonymous id or Tropa's own id. */
export async function findPerson(house: House, name: string): Promise<Person | null> {
  const keys = [identityKey('user', name), name.includes('@') ? identityKey('email', name) : null, identityKey('phone', name), identityKey('anonymous', name)];
  for (const key of keys) {
    const id: PersonId | null = key === null ? null : await house.store.find(key);
    const [loaded] = id === null ? [] : await house.store.load([id]);
    if (loaded !== undefined) return loaded.person;
  }
  return (await house.store.load([name]))[0]?.person ?? null;
}

export async function personOf(house: House, name: string): Promise<Person> {
  const person = await findPerson(house, name);
  if (person === null) throw new TropaError('E_NO_SUCH_PROFILE', `Nobody is known as "${name}". Name a user id, an email, a phone or an anonymous id.`);
  return person;
}

/** An event an operator causes: it walks the same road as every other. */
export async function cause(house: House, person: PersonId, name: string, data: JsonObject): Promise<void> {
  const now = house.clock.now();
  await house.engine.ingest([{ id: mint('operator', randomUUID()), source: 'tropa', name, at: now, received: now, who: [], person, data }]);
}
