// What comes in from outside about messages and addresses: providers' callbacks, returned mails, answers. It finds its
// message or its person, and walks on as events of theirs. An address that must not be written to is suppressed first.

import { identityKey } from '../core/identity.ts';
import { mint } from '../core/ids.ts';
import type { MessageRow, PersonId } from '../core/person.ts';
import type { Settings } from '../language/settings.ts';
import type { JsonObject } from '../language/values.ts';
import type { Heard, Receipt } from '../ports/channel.ts';
import { isYes } from '../ports/sms-words.ts';
import type { IncomingEvent, Store } from '../ports/store.ts';
import { aboutMessage, receiptEvents } from './receipts.ts';

/** How many of a person's latest messages are looked through for one that went to an address, and soft bounces for its own. */
const LOOK_BACK = 50;

/** Whom and what something heard is about. */
interface Subject {
  readonly person: PersonId;
  readonly message: MessageRow | null;
}

/** Events for what was heard; what belongs to nobody known only suppresses its address. */
export async function heardEvents(
  store: Store,
  all: readonly Heard[],
  sunset: Settings['sunset'],
  now: number,
): Promise<IncomingEvent[]> {
  const events: IncomingEvent[] = [];
  const receipts: Receipt[] = [];
  for (const told of all) {
    const heard = await meant(store, told);
    const subject = await subjectOf(store, heard);
    const address = heard.address ?? subject?.message?.to ?? null;
    const own = subject === null ? [] : ownEvents(heard, subject, address, now);
    if (address !== null) await heed(store, heard, `${heard.channel}:${address}`, now);
    for (const name of await spent(store, own, events, sunset)) await store.suppress(name, 'sunset', now);
    if (subject === null) continue;
    const receipt = receiptOf(heard, subject.message);
    if (receipt !== null) receipts.push(receipt);
    events.push(...own);
  }
  return [...(await receiptEvents(store, receipts, now)), ...events];
}

/** Who has not said STOP and answers YES consents to nothing by it. */
async function meant(store: Store, heard: Heard): Promise<Heard> {
  const { kind, channel, address, value } = heard;
  if (kind !== 'start' || address === null || typeof value !== 'string' || !isYes(value)) return heard;
  const name = `${channel}:${address}`;
  return (await store.suppressed([name])).has(name) ? heard : { ...heard, kind: 'replied' };
}

/** What it means for the address itself. */
async function heed(store: Store, { kind }: Heard, address: string, now: number): Promise<void> {
  if (ENDS.has(kind)) await store.suppress(address, kind, now);
  else if (kind === 'start') await takeBack(store, address);
}

/** Their own START ends their own STOP, and no other reason. */
async function takeBack(store: Store, address: string): Promise<void> {
  const was = await store.lift(address);
  if (was !== null && was.reason !== 'stop' && was.reason !== 'replied')
    await store.suppress(was.address, was.reason, was.at);
}

/**
 * Addresses that with these have bounced softly as often as the settings allow: with what is stored, and with what came in
 * the same report before. Told twice it is one.
 */
async function spent(
  store: Store,
  own: readonly IncomingEvent[],
  before: readonly IncomingEvent[],
  { soft, within }: Settings['sunset'],
): Promise<string[]> {
  const names: string[] = [];
  for (const { name, person, received, data } of own) {
    if (name !== SOFT || person === undefined || typeof data.address !== 'string') continue;
    const stored = await store.events({ person, name, newest: true, limit: LOOK_BACK + soft });
    const late = stored.filter(({ at }) => at >= received - within);
    const fresh = [...before, ...own].filter((event) => event.name === SOFT && event.person === person);
    const same = [...late, ...fresh].filter((event) => event.data.address === data.address);
    if (new Set(same.map(({ id }) => id)).size >= soft) names.push(`${String(data.channel)}:${data.address}`);
  }
  return names;
}

const SOFT = 'message.soft_bounced';
/** After these nothing more goes to the address. */
const ENDS: ReadonlySet<Heard['kind']> = new Set(['bounced', 'complained', 'stop']);

async function subjectOf(store: Store, { message, address, channel }: Heard): Promise<Subject | null> {
  const row = message === null ? null : await store.message(message);
  if (row !== null && row.person !== '') return { person: row.person, message: row };
  if (address === null || channel === 'push') return null;
  const key = identityKey(channel === 'email' ? 'email' : 'phone', address);
  const person = key === null ? null : await store.find(key);
  if (person === null) return null;
  const latest = await store.messages({ person, channel, limit: LOOK_BACK });
  return { person, message: latest.find(({ to }) => to === address) ?? null };
}

function receiptOf({ kind, at, id, reason, value }: Heard, message: MessageRow | null): Receipt | null {
  if (message === null || kind === 'soft_bounced' || kind === 'start') return null;
  const told = kind === 'stop' ? 'unsubscribed' : kind;
  return {
    message: message.id,
    kind: told,
    at,
    ...(id !== undefined && { id }),
    ...(reason !== undefined && { reason }),
    ...(value !== undefined && { value }),
    // Said below, with the person's own words.
    ...(kind === 'stop' && { recorded: true as const }),
  };
}

/** What is no receipt: a mail that did not arrive this time, and the person's own words about the whole channel. */
function ownEvents(heard: Heard, { person, message }: Subject, address: string | null, now: number): IncomingEvent[] {
  const { kind, channel, at, id, reason, value } = heard;
  const about = message === null ? { channel } : aboutMessage(message);
  const event = (name: string, data: JsonObject): IncomingEvent => ({
    id: mint('heard', kind, person, message?.id ?? null, id ?? at),
    source: 'tropa',
    name,
    at,
    received: now,
    who: [],
    person,
    data,
  });
  if (kind === 'soft_bounced') return [event(SOFT, { ...about, address, ...(reason !== undefined && { reason }) })];
  if (kind !== 'stop' && kind !== 'start') return [];
  const name = kind === 'stop' ? 'consent.withdrawn' : 'consent.granted';
  return [event(name, { channel, source: kind, ...(typeof value === 'string' && { text: value }) })];
}
