// Erasing somebody wholly (P21): everything known of them is gathered, removed in one step, and made unreadable in the files
// while everything else goes on.

import { setTimeout as later } from 'node:timers/promises';
import { normaliseEmail, normalisePhone } from '../core/identity.ts';
import type { IdentityKey, Person, PersonId } from '../core/person.ts';
import { addressOf } from '../core/profile.ts';
import { TropaError } from '../language/errors.ts';
import type { Instant } from '../language/values.ts';
import type { Erased } from '../ports/erasing.ts';
import type { Loaded, Store } from '../ports/store.ts';
import { bringBack } from './set-aside.ts';

/** Somebody busy is gathered again so often before it is given up. */
const TRIES = 100;
const PAGE = 1_000;
/** Real milliseconds between two tries while somebody reads an older state, and how long it is tried. */
const WAIT = 100;
const PATIENCE = 30_000;
const CHANNELS = ['email', 'sms', 'push'] as const;

export interface Removed extends Omit<Erased, 'identities'> {
  /** False: what is deleted may be read in the files until a backup that is under way has ended; erase again then. */
  readonly scrubbed: boolean;
}

/** Erases a person and whoever is about to become one with them. Throws E_UNAVAILABLE where they change too fast. */
export async function erase(store: Store, person: PersonId, now: Instant): Promise<Removed> {
  const totals = { events: 0, journal: 0, mails: 0, refused: 0, messages: 0 };
  for (const id of await sameHuman(store, person)) {
    const erased = await eraseOne(store, id, now);
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += erased?.[name] ?? 0;
  }
  return { ...totals, scrubbed: await scrub(store) };
}

/** Every record of the person: those who are becoming one with them, and whom they are becoming one with. */
async function sameHuman(store: Store, id: PersonId, found = new Set<PersonId>()): Promise<PersonId[]> {
  const [loaded] = await store.load([id]);
  if (loaded === undefined || found.has(loaded.person.id)) return [...found];
  const { person, events } = loaded;
  found.add(person.id);
  const others = [...events.flatMap(({ links }) => links), ...person.absorbed];
  if (person.into !== null) others.push(person.into);
  for (const other of others) await sameHuman(store, other, found);
  return [...found];
}

/** Removes one record; null where it is gone already. The files may still hold what it said. */
export async function eraseOne(store: Store, id: PersonId, now: Instant): Promise<Erased | null> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const [loaded] = await store.load([id]);
    if (loaded === undefined) return null;
    const { person, inboxSeq } = loaded;
    const known = await knownOf(store, loaded);
    const erased = await store.erase({ person: person.id, rev: person.rev, inboxSeq, at: now, known, marks: [] });
    if (erased === null) continue;
    await forgetAside(store, person.id);
    return erased;
  }
  throw new TropaError('E_UNAVAILABLE', 'This person changes faster than they can be erased. Try again.');
}

/** By what they are known, and every address they have or were written to; what another person owns is that person's. */
async function knownOf(store: Store, { person, events }: Loaded): Promise<IdentityKey[]> {
  const known = new Set<IdentityKey>([...person.identities, ...events.flatMap(({ who }) => who)]);
  for (const channel of CHANNELS) {
    const address = addressOf(person, channel, normaliseEmail, normalisePhone);
    if (address !== null) known.add(`${KIND[channel]}:${address}`);
  }
  for (const address of await writtenTo(store, person.id)) known.add(address);
  const owned = await Promise.all([...known].map(async (key) => ({ key, owner: await store.find(key) })));
  return owned.filter(({ owner }) => owner === null || owner === person.id).map(({ key }) => key);
}

async function writtenTo(store: Store, person: PersonId): Promise<Set<IdentityKey>> {
  const found = new Set<IdentityKey>();
  for (let before: string | undefined; ; ) {
    const rows = await store.messages({ person, limit: PAGE, ...(before !== undefined && { before }) });
    for (const { channel, to } of rows) if (to !== null) found.add(`${KIND[channel]}:${to}`);
    before = rows.at(-1)?.id;
    if (rows.length < PAGE) return found;
  }
}

const KIND = { email: 'email', sms: 'phone', push: 'push' } as const;

/** Inputs of theirs that stand aside: why they do may quote them. */
async function forgetAside(store: Store, person: Person['id']): Promise<void> {
  await bringBack(store, (one) => one.person === person);
}

/** Makes what was deleted unreadable; false where somebody reads an older state for too long. */
export async function scrub(store: Store): Promise<boolean> {
  const until = performance.now() + PATIENCE;
  for (let from = 0; ; ) {
    const { next, waits } = await store.scrub(from);
    if (next === null) return true;
    if (waits && performance.now() >= until) return false;
    if (waits) await later(WAIT);
    from = next;
  }
}
