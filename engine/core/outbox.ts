// Messages that have been decided: judged together, begun, held or skipped; and what came of those that left.

import { tellMachine } from './advance.ts';
import { keepSlots } from './caps.ts';
import type { TurnEvent } from './events.ts';
import { effectiveTime } from './events.ts';
import { STATUS_OF_EVENT } from './message-events.ts';
import type { Enrollment, LedgerChange, MessageRow, MessageStatus, OutboxItem, SkipReason } from './person.ts';
import type { Verdict } from './policy.ts';
import { verdict } from './policy.ts';
import type { Work } from './work.ts';

/** Judges everything that is ready or whose hold is over: transactional first, then priority, then age. True when anything changed for a journey. */
export function judgeOutbox(work: Work): boolean {
  const ready = work.person.outbox.filter(
    (item) => item.status !== 'begun' && (orphaned(work, item) || due(work, item)),
  );
  let moved = false;
  for (const item of ready.sort((a, b) => order(work, a, b))) {
    if (!work.person.outbox.includes(item)) continue;
    const enrollment = work.person.enrollments.find((one) => one.id === item.enrollment);
    if (orphaned(work, item)) skipItem(work, item, 'exited', undefined);
    else moved = carryOut(work, item, enrollment, verdict(work, item, enrollment)) || moved;
  }
  return moved;
}

/** A hold without an end waits for its journey or its sender to be resumed. */
function due(work: Work, item: OutboxItem): boolean {
  if (item.until !== null) return item.until <= work.now;
  return item.status === 'ready' || work.definitions.journey(item.journey)?.paused !== true;
}

/** Whoever left a journey gets nothing more of it. */
function orphaned(work: Work, item: OutboxItem): boolean {
  return item.resend !== true && !work.person.enrollments.some((one) => one.id === item.enrollment);
}

function order(work: Work, a: OutboxItem, b: OutboxItem): number {
  const rank = (item: OutboxItem) =>
    work.definitions.category(item.journey, item.template, item.channel).transactional ? 0 : 1;
  // Of one moment they stand in the outbox as they were decided, and the sort keeps that order.
  return rank(a) - rank(b) || b.priority - a.priority || a.decidedAt - b.decidedAt;
}

function carryOut(work: Work, item: OutboxItem, enrollment: Enrollment | undefined, what: Verdict): boolean {
  if (what.kind === 'skip') {
    skipItem(work, item, what.reason, enrollment);
    return true;
  }
  if (what.kind === 'hold') {
    hold(work, item, what, enrollment);
    return false;
  }
  begin(work, item, what);
  return false;
}

function hold(
  work: Work,
  item: OutboxItem,
  what: Verdict & { kind: 'hold' },
  enrollment: Enrollment | undefined,
): void {
  if (item.status === 'held' && item.until === what.until && item.reason === what.reason) return;
  item.status = 'held';
  item.until = what.until;
  item.reason = what.reason;
  work.note({
    kind: 'held',
    ...where(item),
    reason: what.reason,
    ...(what.until !== null && { detail: { until: what.until } }),
  });
  work.ledger({
    message: item.id,
    status: 'held',
    at: work.now,
    reason: what.reason,
    row: rowOf(work, item, enrollment, 'held'),
  });
}

function begin(work: Work, item: OutboxItem, what: Verdict & { kind: 'send' }): void {
  const { person, now } = work;
  item.status = 'begun';
  item.until = null;
  item.reason = null;
  item.attempts += 1;
  item.begunAt = now;
  item.to = what.to;
  item.proof = what.proof;
  if (what.capped && !person.slots.some((slot) => slot.message === item.id)) {
    person.slots = [
      ...keepSlots(person.slots, work.definitions.settings, now),
      { contact: item.contact, message: item.id, channel: item.channel, at: now },
    ];
  }
  work.note({ kind: 'begun', ...where(item) });
}

/** Ends a message that never leaves. Its journey is told, so that the next rung may go at once. */
export function skipItem(work: Work, item: OutboxItem, reason: SkipReason, enrollment: Enrollment | undefined): void {
  const { person } = work;
  person.outbox = person.outbox.filter((one) => one !== item);
  work.note({ kind: 'skipped', ...where(item), reason });
  work.ledger({
    message: item.id,
    status: 'skipped',
    at: work.now,
    reason,
    row: rowOf(work, item, enrollment, 'skipped', reason),
  });
  if (work.definitions.listens('message.skipped'))
    work.emit('message.skipped', { ...about(item), reason }, `${item.id}.skipped`);
  const memo = enrollment?.memory.messages[item.step];
  if (enrollment === undefined || memo === undefined || memo.id !== item.id) return;
  enrollment.memory = {
    ...enrollment.memory,
    messages: { ...enrollment.memory.messages, [item.step]: { ...memo, skipped: work.now, reason } },
  };
  tellMachine(work, enrollment);
}

/** What a receipt or outcome means for the person: the ledger rises, the outbox empties, the journey is told. */
export function applyReceipt(work: Work, event: TurnEvent): void {
  const message = typeof event.data.message === 'string' ? event.data.message : null;
  const status = STATUS_OF_EVENT[event.name];
  if (message === null || status === undefined) return;
  if (event.name === 'message.retry') retryLater(work, message, event);
  else if (event.name === 'message.resend') resend(work, event, message);
  else settle(work, message, status, event);
}

function settle(work: Work, message: string, status: MessageStatus, event: TurnEvent): void {
  const at = effectiveTime(event);
  work.person.outbox = work.person.outbox.filter((one) => one.id !== message);
  work.ledger({ message, status, at, ...receiptDetails(event) });
  const enrollment = work.person.enrollments.find((one) =>
    Object.values(one.memory.messages).some((memo) => memo.id === message),
  );
  work.note({
    kind: 'receipt',
    message,
    reason: event.name.slice('message.'.length),
    ...(enrollment && { journey: enrollment.journey, enrollment: enrollment.id }),
  });
  if (enrollment !== undefined) remember(enrollment, message, event, status, at);
}

function receiptDetails({ name, data }: TurnEvent): Partial<LedgerChange> {
  return {
    ...(typeof data.reason === 'string' && { reason: data.reason }),
    ...(typeof data.provider_id === 'string' && { providerId: data.provider_id }),
    ...(name === 'message.machine_opened' && { machine: true }),
    ...(data.value !== undefined && { value: data.value }),
  };
}

/** Statuses only rise, and the first time of each is kept; a receipt that overtakes `sent` implies it. */
function remember(enrollment: Enrollment, message: string, event: TurnEvent, status: MessageStatus, at: number): void {
  const found = Object.entries(enrollment.memory.messages).find(([, memo]) => memo.id === message);
  if (found === undefined) return;
  const [step, memo] = found;
  const next = { ...memo };
  const machine = event.name === 'message.machine_opened';
  const field = machine ? 'machine_opened' : MEMO_FIELD[status];
  if (field !== undefined) next[field] ??= at;
  if (status !== 'failed' && status !== 'unknown') next.sent ??= at;
  // What a machine followed is nobody's answer.
  if (!machine && event.data.value !== undefined) next.data = { ...next.data, value: event.data.value };
  if (!machine && typeof event.data.reason === 'string') next.reason ??= event.data.reason;
  enrollment.memory = { ...enrollment.memory, messages: { ...enrollment.memory.messages, [step]: next } };
}

/** Where a memo keeps the time of a status. */
const MEMO_FIELD: Partial<
  Record<MessageStatus, 'sent' | 'delivered' | 'opened' | 'clicked' | 'replied' | 'failed' | 'unknown'>
> = {
  sent: 'sent',
  delivered: 'delivered',
  opened: 'opened',
  clicked: 'clicked',
  replied: 'replied',
  bounced: 'failed',
  failed: 'failed',
  unknown: 'unknown',
};

/** It was surely not taken: it waits in the outbox and passes the fence once more as its next generation. */
function retryLater(work: Work, message: string, event: TurnEvent): void {
  const item = work.person.outbox.find((one) => one.id === message);
  if (item?.status !== 'begun') return;
  const after = typeof event.data.after === 'number' ? event.data.after : 60_000;
  item.status = 'held';
  item.reason = 'retry';
  item.until = work.now + after;
  item.generation += 1;
  work.note({
    kind: 'held',
    ...where(item),
    reason: 'retry',
    detail: { until: item.until, why: String(event.data.reason ?? '') },
  });
}

/** A person decided that an `unknown` message did not arrive and is to be sent again. */
function resend(work: Work, event: TurnEvent, message: string): void {
  const item = event.data.item as unknown as OutboxItem | undefined;
  if (item === undefined || work.person.outbox.some((one) => one.id === message)) return;
  work.person.outbox.push({
    ...item,
    status: 'ready',
    until: null,
    reason: null,
    begunAt: null,
    decidedAt: work.now,
    generation: item.generation + 1,
    resend: true,
  });
  work.note({ kind: 'retried', ...where(item), reason: 'resend' });
}

const where = (item: OutboxItem) => ({
  journey: item.journey,
  version: item.version,
  enrollment: item.enrollment,
  step: item.step,
  message: item.id,
});
const about = (item: OutboxItem) => ({
  message: item.id,
  journey: item.journey,
  step: item.step,
  template: item.template,
  channel: item.channel,
});

/** The ledger row of a message as it stands now; the fence makes the same one. */
export function rowOf(
  work: Work,
  item: OutboxItem,
  enrollment: Enrollment | undefined,
  status: MessageStatus,
  reason: string | null = null,
): MessageRow {
  return {
    id: item.id,
    person: work.person.id,
    enrollment: item.enrollment,
    journey: item.journey,
    version: item.version,
    step: item.step,
    visit: item.visit,
    channel: item.channel,
    template: item.template,
    category: work.definitions.category(item.journey, item.template, item.channel).id,
    holdout: enrollment?.holdout ?? false,
    to: item.to,
    status,
    reason: reason ?? item.reason,
    at: item.decidedAt,
    times: { [status]: work.now },
    proof: item.proof,
    contentHash: null,
    providerId: null,
    generation: item.generation,
  };
}
