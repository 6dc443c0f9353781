// What is remembered of people who were erased: a keyed hash of each address and id, which nobody can read or compute
// without this installation's secret. It stands among the suppressions, so an import brings nobody back into sending; who
// comes back by themselves ends it (P21).

import { createHmac } from 'node:crypto';
import { isImported } from '../core/events.ts';
import type { IdentityKey } from '../core/person.ts';
import type { Instant } from '../language/values.ts';
import type { IncomingEvent, Store } from '../ports/store.ts';

/** By this channel, which is none, they are told from addresses. */
const MARK = 'erased';
/** What somebody does with their own hands: whoever does it after they were erased may be written to again. */
const RETURNS: ReadonlySet<string> = new Set(['consent.granted', 'order.placed', 'order.paid', 'checkout.started']);
/** As an event's data say that it was written down before, and by others. */
const IMPORT = 'import';
/** Real milliseconds after which it is asked again whether anybody was erased, where nobody was. */
const ASK_AGAIN = 60_000;

const isImport = (event: IncomingEvent): boolean => isImported(event) || event.data.source === IMPORT;

/** The store, and who was erased. */
export interface RememberingStore extends Store {
  /** Those of these identities that belonged to somebody who was erased and has not come back since. */
  erasedAmong(keys: readonly IdentityKey[]): Promise<ReadonlySet<IdentityKey>>;
  /** The same of one human; where any of these was theirs, all of them are from now on. */
  keepOut(keys: readonly IdentityKey[], at: Instant): Promise<boolean>;
}

/** The store, with marks kept in place of addresses. Everything that writes or sends must use it through this. */
export function withTombstones(store: Store, secret: string): RememberingStore {
  const key = createHmac('sha256', secret).update('tropa erased').digest();
  const markOf = (known: IdentityKey): string =>
    `${MARK}:${createHmac('sha256', key).update(known).digest('base64url')}`;
  /** `sms:+371…` as an identity. */
  const marked = (address: string): string => markOf(address.replace(/^sms:/, 'phone:'));
  const nobody = { any: false, asked: Number.NEGATIVE_INFINITY };

  /** Whether there are marks at all: most never erase anybody, and then nothing is looked up. */
  async function any(): Promise<boolean> {
    if (nobody.any || performance.now() - nobody.asked < ASK_AGAIN) return nobody.any;
    nobody.any = (await store.suppressions({ channel: MARK, limit: 1 })).length > 0;
    nobody.asked = performance.now();
    return nobody.any;
  }

  async function suppressed(addresses: readonly string[]): Promise<ReadonlySet<string>> {
    if (!(await any())) return await store.suppressed(addresses);
    const marks = new Map(addresses.map((address) => [marked(address), address]));
    const found = await store.suppressed([...addresses, ...marks.keys()]);
    return new Set([...found].map((one) => marks.get(one) ?? one));
  }

  /** The marks of those keys that were erased. */
  async function marksAmong(keys: readonly IdentityKey[]): Promise<string[]> {
    return [...(await store.suppressed(keys.map(markOf)))];
  }

  async function heed(event: IncomingEvent): Promise<void> {
    if (event.who.length === 0) return;
    if (isImport(event)) await keepOut(event.who, event.received);
    else if (RETURNS.has(event.name)) await welcome(event);
  }

  async function welcome(event: IncomingEvent): Promise<void> {
    for (const mark of await marksAmong(await keysOf(event))) await comeBack(mark, event);
  }

  /** What an event names, and what else its person is known by now. */
  async function keysOf({ who }: IncomingEvent): Promise<IdentityKey[]> {
    const owners = await Promise.all(who.map((one) => store.find(one)));
    const people = await store.load([...new Set(owners.filter((owner) => owner !== null))]);
    return [...new Set([...who, ...people.flatMap(({ person }) => person.identities)])];
  }

  /** Known by one thing, an import must not give them away to another of their addresses. */
  async function keepOut(keys: readonly IdentityKey[], at: Instant): Promise<boolean> {
    if ((await marksAmong(keys)).length === 0) return false;
    await Promise.all(keys.map((one) => store.suppress(markOf(one), MARK, at)));
    return true;
  }

  /** An event of before they were erased, told late, is no return. */
  async function comeBack(mark: string, event: IncomingEvent): Promise<void> {
    const was = await store.lift(mark);
    if (was !== null && event.at <= was.at) await store.suppress(mark, was.reason, was.at);
  }

  return {
    ...store,
    suppressed,
    async erasedAmong(keys) {
      if (!(await any())) return new Set();
      const marks = new Map(keys.map((one) => [markOf(one), one]));
      const found = await store.suppressed([...marks.keys()]);
      return new Set([...found].flatMap((mark) => marks.get(mark) ?? []));
    },
    keepOut: async (keys, at) => (await any()) && (await keepOut(keys, at)),
    /** An address nobody may read any more is not written down again by what comes back late. */
    async suppress(address, reason, at) {
      // Whoever lifted it and found what it was puts it back as it was.
      if (reason === MARK) return await store.suppress(marked(address), MARK, at);
      if ((await any()) && (await store.suppressed([marked(address)])).size > 0) return;
      await store.suppress(address, reason, at);
    },
    async lift(address) {
      const mark = await store.lift(marked(address));
      const own = await store.lift(address);
      return own ?? (mark === null ? null : { ...mark, address });
    },
    async ingest(events) {
      if (await any()) for (const event of events) await heed(event);
      return await store.ingest(events);
    },
    async erase(erasure) {
      const erased = await store.erase({ ...erasure, marks: erasure.known.map(markOf) });
      if (erased === null) return null;
      nobody.any = true;
      // What became theirs at the last moment.
      const late = erased.identities.filter((one) => !erasure.known.includes(one));
      await Promise.all(late.map((one) => store.suppress(markOf(one), MARK, erasure.at)));
      return erased;
    },
  };
}
