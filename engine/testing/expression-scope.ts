// A scope for tests of conditions: a person, a history and values that are hard to hold.

import type { Condition, PastEvent, Scope, Trace } from '../language/condition.ts';
import { evaluate, parseCondition } from '../language/expression/index.ts';
import type { Value } from '../language/values.ts';
import { Moment } from '../language/values.ts';

export const PLACE = { file: 'journey.yaml', line: 3, column: 9 };
export const NAMES = ['profile', 'trigger', 'vars', 'now', 'event'];
export const NOW = Date.UTC(2026, 2, 2, 9);
export const DAY = 86_400_000;

export function parsed(text: string, names: readonly string[] = NAMES): Condition {
  const result = parseCondition(text, PLACE, { names });
  if ('faults' in result) throw new Error(result.faults.map((fault) => `${fault.code} ${fault.message}`).join('\n'));
  return result.condition;
}

export const PROFILE: Value = {
  country: 'LV',
  age: 41,
  half: 0.5,
  yes: true,
  no: false,
  nothing: null,
  tags: ['a', 'b'],
  address: { city: 'Riga' },
  birthday: '1990-05-17',
  digits: '7',
  items: [
    { sku: 'x', price: 10 },
    { sku: 'y', price: 30 },
  ],
};

/** As JSON makes them: `__proto__` is a field like any other. */
export const VARS: Value = JSON.parse('{"own": {"__proto__": 1, "constructor": 2, "kept": 1}, "pattern": "(?=b)"}');

export const past = (totals: readonly number[]): PastEvent[] =>
  totals.map((total, n) => ({ id: `${n}`, at: NOW - n, data: { total, n } }));
export const HISTORIES: { readonly [name: string]: readonly PastEvent[] } = {
  'order.placed': [
    { id: 'b', at: NOW - DAY, data: { total: 30, order_id: 'o2' } },
    { id: 'a', at: NOW - 40 * DAY, data: { total: 12.5, order_id: 'o1' } },
  ],
  huge: past([1e308, 1e308]),
  cents: past(new Array(30).fill(0.1)),
  many: past(new Array(1_500).fill(1)),
};

export const SCOPE: Scope = {
  now: NOW,
  zone: 'Europe/Riga',
  name: (name) => ({ profile: PROFILE, event: { total: 1000, at: new Moment(NOW) }, vars: VARS })[name] ?? null,
  segment: (name) => name === 'vip',
  consent: (channel) => channel === 'email',
  bucket: () => 42,
  events: (name, window) => (HISTORIES[name] ?? []).filter((event) => window === null || event.at >= NOW - window),
  message: () => ({
    sent: true,
    delivered: true,
    opened: false,
    clicked: false,
    replied: false,
    failed: false,
    skipped: false,
    machine_opened: true,
  }),
  journey: (id) => ({ active: id === 'welcome', entered_at: id === 'welcome' ? NOW - DAY : null, outcome: null }),
};

export const of = (text: string, trace?: Trace): Value => evaluate(parsed(text), SCOPE, trace);

// One row a rule of the language's section on conditions.
