import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../language/values.ts';
import { admit, type NumberedEvent } from './door.ts';

const NOW = Date.UTC(2026, 2, 2);
const event = (more: Partial<NumberedEvent> = {}): NumberedEvent => ({
  id: 'a',
  name: 'cart.updated',
  at: NOW,
  who: ['user:anna'],
  data: {},
  ...more,
});
const one = (more: Partial<NumberedEvent>) => admit({ events: [event(more)], refused: [] }, 'shop', NOW);
const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('a door', () => {
  test('gives the same thing told twice the same id, and another source another', () => {
    const [first] = one({}).events;
    expect(one({ at: NOW + 5 }).events[0]?.id).toBe(first?.id);
    expect(admit({ events: [event()], refused: [] }, 'other', NOW).events[0]?.id).not.toBe(first?.id);
  });

  test('takes every delivery for another event where the source has no ids', () => {
    expect(one({ id: null }).events[0]?.id).not.toBe(one({ id: null }).events[0]?.id);
  });

  test.each<[string, JsonObject]>([
    ['a number beyond all numbers', JSON.parse('{"total": 1e400}') as JsonObject],
    ['no number', { total: Number.NaN }],
    ['a field called __proto__', JSON.parse('{"a": {"__proto__": {"admin": true}}}') as JsonObject],
    ['a field called constructor', { constructor: { prototype: {} } }],
    ['data nested too deep', { a: nested(20) }],
    ['a name of a field as long as a book', { ['x'.repeat(257)]: 1 }],
  ])('refuses %s', (_what, data) => {
    const { events, refused, accepted } = one({ data });
    expect(events).toEqual([]);
    expect(accepted).toBe(0);
    expect(refused).toEqual([{ index: 0, code: 'E_BAD_EVENT', detail: expect.any(String) }]);
  });

  test('takes data nested as deep as is allowed', () => {
    expect(one({ data: { a: nested(19) } }).accepted).toBe(1);
  });

  test('does not run out of stack on data nested without end', () => {
    let deep: Json = 1;
    for (let n = 0; n < 200_000; n += 1) deep = [deep];
    expect(one({ data: { deep } }).refused[0]?.code).toBe('E_BAD_EVENT');
  });

  test.each([-1, 253_402_300_800_000, Number.NaN, 0.5])('refuses the time %d', (at) => {
    expect(one({ at }).refused[0]?.code).toBe('E_BAD_EVENT');
  });

  test('takes a device clock set to 2099: the engine bounds its effect, not its word', () => {
    const at = Date.UTC(2099, 0, 1);
    expect(one({ at }).events[0]).toMatchObject({ at, received: NOW });
  });

  test.each(['', 'x'.repeat(201), 'a\nb', 'half \ud83d'])('refuses the name %j', (name) => {
    expect(one({ name }).refused[0]?.code).toBe('E_BAD_EVENT');
  });

  test('refuses an event about nobody, unless it is one about a product', () => {
    expect(one({ who: [] }).refused[0]?.code).toBe('E_NO_IDENTITY');
    expect(one({ who: [], name: 'stock.changed' }).accepted).toBe(1);
    expect(one({ who: [], name: 'product.updated' }).accepted).toBe(1);
  });

  test('refuses identities with control characters or broken Unicode', () => {
    expect(one({ who: ['user:a\u0000b'] }).refused[0]?.code).toBe('E_NO_IDENTITY');
    expect(one({ who: ['user:\udc00'] }).refused[0]?.code).toBe('E_NO_IDENTITY');
    expect(one({ who: ['user:😀'] }).accepted).toBe(1);
  });

  test('takes or refuses all events of one item together', () => {
    const events = [
      event({ id: 'x', index: 3 }),
      event({ id: 'y', index: 3, data: { a: Number.NaN } }),
      event({ id: 'z', index: 4 }),
    ];
    const admission = admit({ events, refused: [{ index: 1, code: 'E_BAD_EVENT', detail: 'no' }] }, 'shop', NOW);
    expect(admission.refused.map(({ index }) => index)).toEqual([1, 3]);
    expect(admission.events).toHaveLength(1);
    expect(admission.accepted).toBe(1);
  });
});
