import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { messageRow, NOON } from '../testing/store-fixtures.ts';
import { fenced, firstRow, raise, rises, yieldsToFence } from './message-status.ts';
import type { LedgerChange, MessageStatus } from './person.ts';

const STATUSES: readonly MessageStatus[] = [
  'held',
  'sending',
  'unknown',
  'sent',
  'delivered',
  'opened',
  'clicked',
  'replied',
  'skipped',
  'failed',
  'bounced',
];
const change = (status: MessageStatus, at = NOON, rest: Partial<LedgerChange> = {}): LedgerChange => ({
  message: 'm1',
  status,
  at,
  ...rest,
});

describe('statuses', () => {
  test('stand in one order, and a status does not rise to itself', () => {
    for (const [n, lower] of STATUSES.entries()) {
      for (const [k, upper] of STATUSES.entries()) expect(rises(lower, upper)).toBe(k > n);
    }
  });

  test.each([
    ['unknown', 'sent', 'sent'],
    ['sent', 'unknown', 'sent'],
    ['delivered', 'sent', 'delivered'],
    ['sent', 'clicked', 'clicked'],
    ['opened', 'bounced', 'bounced'],
    ['bounced', 'opened', 'bounced'],
    ['skipped', 'held', 'skipped'],
    ['failed', 'sent', 'failed'],
  ] as const)('%s told %s is %s', (from, told, to) => {
    expect(raise(messageRow('m1', { status: from }), change(told)).status).toBe(to);
  });

  test('any order and repetition of the same changes gives the same row', () => {
    const changes = fc.array(
      fc.record({
        status: fc.constantFrom(...STATUSES),
        at: fc.integer({ min: 0, max: 4 }),
        reason: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
        machine: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(changes, fc.array(fc.nat(), { minLength: 16, maxLength: 16 }), (drawn, dice) => {
        const told = drawn.map(({ status, at, reason, machine }) =>
          change(status, at, { machine, ...(reason === undefined ? {} : { reason }) }),
        );
        const shuffled = [...told, ...told]
          .map((one, n) => ({ one, by: dice[n % 16]! + n / 100 }))
          .sort((a, b) => a.by - b.by);
        const row = messageRow('m1');
        const straight = told.reduce(raise, row);
        expect(shuffled.map(({ one }) => one).reduce(raise, row)).toEqual(straight);
      }),
      { numRuns: 2_000 },
    );
  });

  test('notes the time of every status, also of one that came too late to move the row', () => {
    const row = [change('opened', NOON + 3), change('delivered', NOON + 1), change('opened', NOON + 2)].reduce(
      raise,
      messageRow('m1'),
    );
    expect(row.times).toEqual({ opened: NOON + 2, delivered: NOON + 1 });
    expect(row.status).toBe('opened');
  });

  test('tells the latest reason of a hold and the first of an end', () => {
    const held = [change('held', 1, { reason: 'quiet' }), change('held', 5, { reason: 'paused' })];
    expect(held.reduce(raise, messageRow('m1', { status: 'held' }))).toMatchObject({
      reason: 'paused',
      times: { held: 5 },
    });
    const ended = [change('skipped', 1, { reason: 'capped' }), change('skipped', 5, { reason: 'exited' })];
    expect(ended.reduce(raise, messageRow('m1'))).toMatchObject({ reason: 'capped', times: { skipped: 1 } });
  });

  test('keeps what a machine did apart', () => {
    const row = raise(messageRow('m1', { status: 'sent' }), change('opened', NOON, { machine: true }));
    expect(row).toMatchObject({ status: 'sent', times: { machine_opened: NOON } });
  });

  test('remembers the first provider id it is told', () => {
    const row = [change('sent', NOON, { providerId: 'p1' }), change('delivered')].reduce(raise, messageRow('m1'));
    expect(row.providerId).toBe('p1');
  });
});

test('a first row carries its change, and there is none of a change that knows no row', () => {
  const row = messageRow('m1', { status: 'skipped' });
  expect(firstRow(change('skipped', NOON, { row, reason: 'no_consent' }))).toMatchObject({
    status: 'skipped',
    reason: 'no_consent',
    times: { skipped: NOON },
  });
  expect(firstRow(change('sent'))).toBeNull();
});

test('a fence yields to nobody but a hold and an older generation, and forgets no time', () => {
  const next = messageRow('m1', { generation: 1 });
  expect(yieldsToFence(null, next)).toBe(true);
  expect(yieldsToFence(messageRow('m1', { status: 'held', generation: 1 }), next)).toBe(true);
  expect(yieldsToFence(messageRow('m1', { status: 'unknown', generation: 0 }), next)).toBe(true);
  expect(yieldsToFence(messageRow('m1', { status: 'sending', generation: 1 }), next)).toBe(false);
  expect(fenced(messageRow('m1', { times: { held: 1 } }), next)).toMatchObject({
    status: 'sending',
    times: { held: 1 },
  });
});
