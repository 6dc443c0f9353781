import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../language/values.ts';
import { bearerDoor } from './bearer.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const doorWith = (options: JsonObject = {}) =>
  bearerDoor({ name: 'till', type: 'bearer', options: { token: 't', ...options } });
const read = (body: Json, headers: Record<string, string> = {}, options: JsonObject = {}) =>
  doorWith(options).translate({ headers, body: Buffer.from(JSON.stringify(body)), received: NOW, ip: null });

describe('the body', () => {
  test('is one event of ours', () => {
    expect(
      read({
        type: 'booking.made',
        userId: 'anna',
        data: { guests: 2 },
        timestamp: '2026-03-01T10:00:00Z',
        messageId: 'm1',
      }),
    ).toEqual({
      events: [
        {
          id: 'm1',
          index: 0,
          name: 'booking.made',
          at: Date.UTC(2026, 2, 1, 10),
          who: ['user:anna'],
          data: { guests: 2 },
          ignored: 0,
        },
      ],
      refused: [],
    });
  });
  test('or a list of them, each with its place', () => {
    const { events, refused } = read(
      [{ type: 'a', email: 'a@b.example' }, 7, { type: 'message.opened' }, { type: 'b', userId: 1 }],
      {
        'idempotency-key': 'k',
      },
    ) as { events: readonly { id: string | null; name: string; index?: number }[]; refused: readonly JsonObject[] };
    expect(events.map(({ id, name, index }) => [id, name, index])).toEqual([
      ['k/0', 'a', 0],
      ['k/3', 'b', 3],
    ]);
    expect(refused).toMatchObject([
      { index: 1, code: 'E_BAD_EVENT' },
      { index: 2, code: 'E_RESERVED_NAME' },
    ]);
  });
  test('loses nothing where its data are a list or a text', () => {
    expect(read({ type: 'a', userId: 'anna', data: [1, 2] }).events[0]?.data).toMatchObject({ data: [1, 2] });
    expect(read({ type: 'a', userId: 'anna', data: 'x', n: 1 }).events[0]?.data).toMatchObject({ data: 'x', n: 1 });
  });
  test('names what it is about by id, and not itself', () => {
    expect(read({ type: 'booking.changed', id: 7, userId: 'anna' }).events[0]?.id).toBeNull();
    expect(read({ type: 'booking.changed', event_id: 'e', userId: 'anna' }).events[0]?.id).toBe('e');
  });
  test('can be mapped', () => {
    const map = {
      event: 'body.kind',
      events: { new: { name: 'booking.made', who: { email: 'body.guest' }, data: { n: 'body.n' } } },
    };
    expect(read([{ kind: 'new', guest: 'a@b.example', n: 2 }, { kind: 'other' }], {}, { map }).events).toMatchObject([
      { name: 'booking.made', who: ['email:a@b.example'], data: { n: 2 }, index: 0 },
    ]);
  });
  test('has 2,500 events at most', () => {
    expect(() => read(Array(2501).fill({ type: 'a' }))).toThrow(expect.objectContaining({ code: 'E_TOO_LARGE' }));
  });
});
