// What comes back about messages becomes events of their person, and walks the same road.

import { mint } from '../core/ids.ts';
import type { MessageRow } from '../core/person.ts';
import type { JsonObject } from '../language/values.ts';
import type { Receipt } from '../ports/channel.ts';
import { smsWord } from '../ports/sms-words.ts';
import type { IncomingEvent, Store } from '../ports/store.ts';
import type { Tracing } from './tracing.ts';

/** Events for receipts of messages the ledger knows. An address that bounced or complained is suppressed at once. */
export async function receiptEvents(
  store: Store,
  receipts: readonly Receipt[],
  now: number,
  tracing: Tracing | null = null,
): Promise<IncomingEvent[]> {
  const events: IncomingEvent[] = [];
  const rows = await store.ledger([...new Set(receipts.map((receipt) => receipt.message))]);
  const known = new Map(rows.map((row) => [row.id, row]));
  tracing?.came(receipts, known, now);
  for (const receipt of receipts) {
    const row = known.get(receipt.message);
    // Of whoever was erased nothing more is heard.
    if (row === undefined || row.person === '') continue;
    if (row.to !== null && ends(receipt, row)) await store.suppress(`${row.channel}:${row.to}`, receipt.kind, now);
    events.push(eventOf(row, receipt, now));
    if (receipt.kind === 'unsubscribed' && receipt.recorded !== true) events.push(withdrawal(row, receipt, now));
  }
  return events;
}

function ends(receipt: Receipt, row: MessageRow): boolean {
  if (receipt.kind === 'bounced' || receipt.kind === 'complained') return true;
  return (
    receipt.kind === 'replied' &&
    row.channel === 'sms' &&
    typeof receipt.value === 'string' &&
    smsWord(receipt.value) === 'stop'
  );
}

function eventOf(row: MessageRow, receipt: Receipt, now: number): IncomingEvent {
  return {
    id: mint('receipt', row.id, receipt.kind, receipt.id ?? ''),
    source: 'tropa',
    name: `message.${receipt.kind}`,
    at: receipt.at,
    received: now,
    who: [],
    person: row.person,
    data: {
      ...aboutMessage(row),
      ...(receipt.reason !== undefined && { reason: receipt.reason }),
      ...(receipt.value !== undefined && { value: answer(receipt) }),
    },
  };
}

/** An answer's value is a number where it is one. */
function answer(receipt: Receipt) {
  const { value } = receipt;
  if (receipt.kind !== 'replied' || typeof value !== 'string') return value ?? null;
  const text = value.trim();
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** Unsubscribing from a message withdraws its channel: order confirmations go on, they need no yes. */
function withdrawal(row: MessageRow, receipt: Receipt, now: number): IncomingEvent {
  return {
    id: mint('withdrawal', row.id, receipt.id ?? ''),
    source: 'tropa',
    name: 'consent.withdrawn',
    at: receipt.at,
    received: now,
    who: [],
    person: row.person,
    data: { channel: row.channel, source: 'unsubscribe', message: row.id },
  };
}

/** What every event about a message says of it. */
export function aboutMessage(row: Pick<MessageRow, 'id' | 'journey' | 'step' | 'template' | 'channel'>): JsonObject {
  return { message: row.id, journey: row.journey, step: row.step, template: row.template, channel: row.channel };
}
