// What comes in from outside about messages and addresses: providers' callbacks, returned mails, answers. It finds its
// message or its person, and walks on as events of theirs. An address that must not be written to is suppressed first.

import { identityKey } from '../core/identity.ts';
import { mint } from '../core/ids.ts';
import type { MessageRow, PersonId } from '../core/person.ts';
import type { JsonObject } from '../language/values.ts';
import type { Heard, Receipt } from '../ports/channel.ts';
import type { IncomingEvent, Store } from '../ports/store.ts';
import { aboutMessage, receiptEvents } from './receipts.ts';

/** How many of a person's latest messages are looked through for one that went to an address. */
const LOOK_BACK = 50;

/** Whom and what something heard is about. */
interface Subject {
  readonly person: PersonId;
  readonly message: MessageRow | null;
}

/** Events for what was heard; what belongs to nobody known only suppresses its address. */
export async function heardEvents(store: Store, all: readonly Heard[], now: number): Promise<IncomingEvent[]> {
  const events: IncomingEvent[] = [];
  const receipts: Receipt[] = [];
  for (const heard of all) {
    const subject = await subjectOf(store, heard);
    const address = heard.address ?? subject?.message?.to ?? null;
    if (address !== null && ENDS.has(heard.kind)) await store.suppress(`${heard.channel}:${address}`, heard.kind, now);
    if (subject === null) continue;
    const receipt = receiptOf(heard, subject.message);
    if (receipt !== null) receipts.push(receipt);
    events.push(...ownEvents(heard, subject, address, now));
  }
  return [...(await receiptEvents(store, receipts, now)), ...events];
}

/** After these nothing more goes to the address. */
const ENDS: ReadonlySet<Heard['kind']> = new Set(['bounced', 'complained', 'stop']);

async function subjectOf(store: Store, { message, address, channel }: Heard): Promise<Subject | null> {
  const row = message === null ? null : await store.message(message);
  if (row !== null) return { person: row.person, message: row };
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
  if (kind === 'soft_bounced')
    return [event('message.soft_bounced', { ...about, address, ...(reason !== undefined && { reason }) })];
  if (kind !== 'stop' && kind !== 'start') return [];
  const name = kind === 'stop' ? 'consent.withdrawn' : 'consent.granted';
  return [event(name, { channel, source: kind, ...(typeof value === 'string' && { text: value }) })];
}
