// Finding people by what a reader types: a whole address, number or id, else how a name or an address begins.

import { type IdentityKind, identityKey } from '../core/identity.ts';
import type { Person } from '../core/person.ts';
import { textTrait } from '../core/profile.ts';
import type { Store } from '../ports/store.ts';

const KINDS: readonly IdentityKind[] = ['user', 'email', 'phone', 'anonymous'];
const FOUND = 25;
/** People looked through for how a name begins; beyond, only whole addresses and ids are found. */
const LOOKED_THROUGH = 5_000;
const PAGE = 500;

export interface Found {
  readonly people: readonly Person[];
  /** Others may fit as well. */
  readonly more: boolean;
}

/** Whoever is meant by a text; for an empty one, some people. */
export async function findPeople(store: Store, text: string, { exactly = false } = {}): Promise<Found> {
  const sought = text.trim();
  const whole = sought === '' ? null : await byIdentity(store, sought);
  if (whole !== null) return { people: [whole], more: false };
  return exactly ? { people: [], more: false } : await beginning(store, sought.toLowerCase());
}

async function byIdentity(store: Store, text: string): Promise<Person | null> {
  for (const kind of KINDS) {
    const key = kind === 'email' && !text.includes('@') ? null : identityKey(kind, text);
    const id = key === null ? null : await store.find(key);
    const [loaded] = id === null ? [] : await store.load([id]);
    if (loaded !== undefined) return loaded.person;
  }
  return null;
}

async function beginning(store: Store, text: string): Promise<Found> {
  const people: Person[] = [];
  let after: string | undefined;
  for (let seen = 0; seen < LOOKED_THROUGH; seen += PAGE) {
    const page = await store.people({ limit: PAGE, ...(after !== undefined && { after }) });
    people.push(...page.filter((person) => begins(person, text)));
    if (page.length < PAGE || people.length > FOUND)
      return { people: people.slice(0, FOUND), more: people.length > FOUND };
    after = page.at(-1)?.id;
  }
  return { people: people.slice(0, FOUND), more: true };
}

function begins(person: Person, text: string): boolean {
  const ids = person.identities.map((key) => key.slice(key.indexOf(':') + 1));
  const names = ['first_name', 'last_name', 'email', 'phone'].map((name) => textTrait(person, name) ?? '');
  const full = `${names[0] ?? ''} ${names[1] ?? ''}`;
  return [...ids, ...names, full].some((one) => one !== '' && one.toLowerCase().startsWith(text));
}
