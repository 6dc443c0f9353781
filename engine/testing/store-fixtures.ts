// Small makers of what stores keep, for contracts and tests. Ids and times are plain, so that a failing test reads well.

import type { Enrollment, LedgerChange, MessageRow, OutboxItem, Person } from '../core/person.ts';
import { freshMemory } from '../language/compile/memory.ts';
import type { Change, IncomingEvent, Loaded, Store } from '../ports/store.ts';

/** 2026-03-02T12:00:00Z. */
export const NOON = 1_772_452_800_000;

export function event(id: string, fields: Partial<IncomingEvent> = {}): IncomingEvent {
  return {
    id,
    source: 'shop',
    name: 'cart.updated',
    at: NOON,
    received: NOON,
    who: ['user:anna'],
    data: {},
    ...fields,
  };
}

/** Ingests an event of `user:<name>` and answers the person it made or meant. */
export async function personNamed(store: Store, name: string, received = NOON): Promise<string> {
  const [receipt] = await store.ingest([event(`first-of-${name}`, { who: [`user:${name}`], received, at: received })]);
  return receipt!.person!;
}

export async function loadOne(store: Store, person: string): Promise<Loaded> {
  const [loaded] = await store.load([person]);
  if (loaded === undefined) throw new Error(`there is no person ${person}`);
  return loaded;
}

/** The next revision of what was loaded; due never again unless told. */
export function change(loaded: Loaded, edit: Partial<Person> = {}, rest: Partial<Change> = {}): Change {
  const person = { ...loaded.person, ...edit, rev: loaded.person.rev + 1 };
  return { person, inboxSeq: loaded.inboxSeq, exclusive: false, wakeAt: null, lane: 'live', ...rest };
}

export function enrollment(journey: string, fields: Partial<Enrollment> = {}): Enrollment {
  return {
    id: `enrollment-${journey}`,
    journey,
    version: 'v1',
    key: null,
    entry: 1,
    startedBy: 'e1',
    enteredAt: NOON,
    trigger: { data: {}, at: NOON, name: null },
    step: '1',
    phase: null,
    memory: freshMemory(NOON),
    timers: [],
    holdout: false,
    ...fields,
  };
}

export function outboxItem(id: string, fields: Partial<OutboxItem> = {}): OutboxItem {
  return {
    id,
    enrollment: 'enrollment-cart',
    journey: 'cart',
    version: 'v1',
    step: '1',
    visit: 1,
    channel: 'email',
    template: 'reminder',
    with: {},
    subject: null,
    contact: 'c1',
    priority: 50,
    decidedAt: NOON,
    status: 'ready',
    until: null,
    reason: null,
    attempts: 0,
    begunAt: null,
    to: null,
    proof: null,
    generation: 0,
    ...fields,
  };
}

export function messageRow(id: string, fields: Partial<MessageRow> = {}): MessageRow {
  return {
    id,
    person: 'p1',
    enrollment: 'enrollment-cart',
    journey: 'cart',
    version: 'v1',
    step: '1',
    visit: 1,
    channel: 'email',
    template: 'reminder',
    category: 'marketing',
    holdout: false,
    to: 'anna@example.com',
    status: 'sending',
    reason: null,
    at: NOON,
    times: {},
    proof: null,
    contentHash: null,
    providerId: null,
    generation: 0,
    ...fields,
  };
}

export function ledgerChange(
  message: string,
  status: LedgerChange['status'],
  at: number,
  fields: Partial<LedgerChange> = {},
): LedgerChange {
  return { message, status, at, ...fields };
}
