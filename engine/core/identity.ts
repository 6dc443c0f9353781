// Who an event is about: identity keys, which of them are refused, and which person they mean.

import type { IdentityKey, PersonId } from './person.ts';

export type IdentityKind = 'user' | 'email' | 'phone' | 'anonymous';
const STRENGTH: readonly IdentityKind[] = ['user', 'email', 'phone', 'anonymous'];

/** Values that storefronts send when they have nothing to say; taken as ids they would unite strangers. */
const NOBODY = new Set([
  'undefined',
  'null',
  'none',
  'nil',
  'nan',
  '0',
  '-1',
  'guest',
  'anonymous',
  'unknown',
  'false',
  'true',
  'n/a',
  'na',
  'test',
  '[object object]',
  'user',
  'id',
]);

/** The key of an identity, or null where the value names nobody. E-mail is lower-cased, a phone keeps `+` and digits. */
export function identityKey(kind: IdentityKind, value: unknown): IdentityKey | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim();
  if (text === '' || text.length > 320 || NOBODY.has(text.toLowerCase())) return null;
  if (kind === 'email') return emailKey(text);
  if (kind === 'phone') return phoneKey(text);
  return `${kind}:${text}`;
}

function emailKey(text: string): IdentityKey | null {
  const email = normaliseEmail(text);
  return email === null ? null : `email:${email}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
const UNUSABLE = /[\s,;<>"'()[\]\\\u0000-\u001f\u007f]/;

/** A usable address in lower case, or null. Only what could ever be delivered is checked: one @, no blanks or controls. */
export function normaliseEmail(text: string): string | null {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && /^[^@]+@[^@]+$/.test(email) && !UNUSABLE.test(email) ? email : null;
}

function phoneKey(text: string): IdentityKey | null {
  const phone = normalisePhone(text);
  return phone === null ? null : `phone:${phone}`;
}

/** `+` and 7 to 15 digits (E.164), or null. A leading 00 is +. */
export function normalisePhone(text: string): string | null {
  const digits = text.replace(/[\s().\-\u00a0]/g, '').replace(/^00/, '+');
  return /^\+?\d{7,15}$/.test(digits) ? digits : null;
}

/** Who owns an identity already. `known` people have a user id of their own. */
export interface Owner {
  readonly person: PersonId;
  readonly known: boolean;
}

export interface Resolution {
  /** The person the event is about; null: somebody new. */
  readonly person: PersonId | null;
  /** Keys nobody has yet, or which become this person's. */
  readonly attach: readonly IdentityKey[];
  /** People who turn out to be the same human and are to be absorbed. */
  readonly links: readonly PersonId[];
  /** Keys that stay with another known person. */
  readonly conflicts: readonly IdentityKey[];
}

const kindOf = (key: IdentityKey): IdentityKind => key.slice(0, key.indexOf(':')) as IdentityKind;

/**
 * Decides who an event is about. A user id decides alone; else a known owner, else the strongest key's owner.
 * Two people with user ids of their own are never united here, unless `aliases` names one of the other's keys.
 */
export function resolveIdentity(
  keys: readonly IdentityKey[],
  owners: ReadonlyMap<IdentityKey, Owner>,
  aliases: readonly IdentityKey[] = [],
): Resolution {
  const ordered = [...new Set(keys)].sort(
    (a, b) => STRENGTH.indexOf(kindOf(a)) - STRENGTH.indexOf(kindOf(b)) || (a < b ? -1 : 1),
  );
  const userKey = ordered.find((key) => kindOf(key) === 'user');
  const target = chooseTarget(ordered, owners, userKey);
  const targetKnown = userKey !== undefined || (target?.known ?? false);
  const attach = [...ordered, ...aliases].filter((key) => !owners.has(key));
  const foreign = ordered.filter((key) => owners.has(key) && owners.get(key)?.person !== target?.person);
  const isConflict = (key: IdentityKey) => targetKnown && owners.get(key)?.known === true;
  const linked = [...foreign.filter((key) => !isConflict(key)), ...aliases].map((key) => owners.get(key)?.person);
  const links = new Set(
    linked.filter((person): person is PersonId => person !== undefined && person !== target?.person),
  );
  return {
    person: target?.person ?? null,
    attach: [...new Set(attach)],
    links: [...links].sort(),
    conflicts: foreign.filter(isConflict),
  };
}

function chooseTarget(
  ordered: readonly IdentityKey[],
  owners: ReadonlyMap<IdentityKey, Owner>,
  userKey: IdentityKey | undefined,
): Owner | null {
  const own = userKey === undefined ? undefined : owners.get(userKey);
  if (own !== undefined) return own;
  const found = ordered.map((key) => owners.get(key)).filter((owner): owner is Owner => owner !== undefined);
  if (userKey !== undefined) return found.find((owner) => !owner.known) ?? null;
  return found.find((owner) => owner.known) ?? found[0] ?? null;
}
