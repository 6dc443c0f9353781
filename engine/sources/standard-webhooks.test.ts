import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import type { RawRequest } from '../ports/source.ts';
import { standardWebhooksDoor } from './standard-webhooks.ts';

// Published by the specification's own libraries (`sign function works`).
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const STAMP = '1614265330';
const PAYLOAD = '{"test": 2432232314}';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const SENT = Number(STAMP) * 1000;

const doorWith = (options: JsonObject) => standardWebhooksDoor({ name: 'crm', type: 'standard-webhooks', options });
const door = doorWith({ secret: SECRET });
const published = (
  more: Record<string, string | undefined> = {},
  body: string | Uint8Array = PAYLOAD,
  received = SENT,
): RawRequest => ({
  headers: { 'webhook-id': ID, 'webhook-timestamp': STAMP, 'webhook-signature': SIGNATURE, ...more },
  body: Buffer.from(body),
  received,
  ip: null,
});
const sign = (text: string, secret = SECRET) =>
  `v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
    .update(text)
    .digest('base64')}`;

describe('a signature', () => {
  test('P22 is accepted on the published vector', () => {
    expect(door.verify(published())).toEqual({ ok: true });
    expect(doorWith({ secret: SECRET.replace('whsec_', '') }).verify(published()).ok).toBe(true);
  });
  test('P22 is refused when any single byte of what is signed changes', () => {
    const flips = (text: string) =>
      Array.from(text, (_, place) =>
        [1, 2, 4, 8, 16, 32, 64, 128].map((bit) => {
          const bytes = Buffer.from(text);
          bytes[place] = (bytes[place] ?? 0) ^ bit;
          return bytes;
        }),
      ).flat();
    for (const body of flips(PAYLOAD)) expect(door.verify(published({}, body)).ok).toBe(false);
    for (const id of flips(ID)) expect(door.verify(published({ 'webhook-id': id.toString('latin1') })).ok).toBe(false);
    // A changed time is stale, or signed otherwise; both are refused even when our clock agrees with it.
    for (const stamp of flips(STAMP)) {
      const text = stamp.toString('latin1');
      expect(door.verify(published({ 'webhook-timestamp': text }, PAYLOAD, Number(text) * 1000)).ok).toBe(false);
    }
    for (let cut = 0; cut < PAYLOAD.length; cut += 1)
      expect(door.verify(published({}, PAYLOAD.slice(0, cut))).ok).toBe(false);
    expect(door.verify(published({}, `${PAYLOAD} `)).ok).toBe(false);
  });
  test('P22 is refused outside five minutes, either way', () => {
    expect(door.verify(published({}, PAYLOAD, SENT + 300_000)).ok).toBe(true);
    expect(door.verify(published({}, PAYLOAD, SENT - 300_000)).ok).toBe(true);
    expect(door.verify(published({}, PAYLOAD, SENT + 301_000)).ok).toBe(false);
    expect(door.verify(published({}, PAYLOAD, SENT - 301_000)).ok).toBe(false);
  });
  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('is refused without %s', (name) => {
    expect(door.verify(published({ [name]: undefined })).ok).toBe(false);
    expect(door.verify(published({ [name]: '' })).ok).toBe(false);
  });
  test.each(['hello', `${STAMP}.5`, ` ${STAMP}`, '-1', '1e9', '0x60'])('is refused at the time %j', (stamp) => {
    expect(
      door.verify(published({ 'webhook-timestamp': stamp, 'webhook-signature': sign(`${ID}.${stamp}.${PAYLOAD}`) })).ok,
    ).toBe(false);
  });
  test.each([
    'v1,',
    'v1,dawfeoifkpqwoekfpqoekf',
    SIGNATURE.slice(0, 8),
    SIGNATURE.replace('v1', 'v2'),
    SIGNATURE.slice(3),
  ])('is not %j', (signature) => {
    expect(door.verify(published({ 'webhook-signature': signature })).ok).toBe(false);
  });
  test("may be one of several, by any of the source's secrets", () => {
    const other = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
    expect(door.verify(published({ 'webhook-signature': `${other} v1a,xyz ${SIGNATURE} ${other}` })).ok).toBe(true);
    const rotated = doorWith({
      secret: [`whsec_${Buffer.from('another secret of ours!!').toString('base64')}`, SECRET],
    });
    expect(rotated.verify(published()).ok).toBe(true);
  });
  test.each<[JsonObject]>([
    [{}],
    [{ secret: '' }],
    [{ secret: 'whsec_' }],
    [{ secret: 'not base64!' }],
    [{ secret: [SECRET, ''] }],
  ])('needs a secret, not %j', (options) => {
    expect(() => doorWith(options)).toThrow(expect.objectContaining({ code: 'E_SETTINGS' }));
  });
});

describe('a body without a map', () => {
  const read = (body: JsonObject) => door.translate(published({}, JSON.stringify(body)));
  test('is read as the specification recommends it', () => {
    expect(
      read({
        type: 'order.placed',
        timestamp: '2022-11-03T20:26:10.344522Z',
        data: { user_id: 7, email: 'A@b.example', total: 5 },
      }).events,
    ).toEqual([
      {
        id: ID,
        name: 'order.placed',
        at: Date.UTC(2022, 10, 3, 20, 26, 10, 344),
        who: ['user:7', 'email:a@b.example'],
        data: { user_id: 7, email: 'A@b.example', total: 5 },
        ignored: 0,
      },
    ]);
  });
  test('may keep its data beside the name', () => {
    expect(read({ event: 'booking.made', userId: 'anna', guests: 2 }).events[0]).toMatchObject({
      at: SENT,
      who: ['user:anna'],
      data: { userId: 'anna', guests: 2 },
    });
  });
  test.each<[JsonObject, string]>([
    [{ data: {} }, 'E_BAD_EVENT'],
    [{ type: 'message.opened' }, 'E_RESERVED_NAME'],
    [{ type: 'x', timestamp: 'soon' }, 'E_BAD_EVENT'],
    [{ type: 'consent.granted', data: { channel: 'fax' } }, 'E_BAD_EVENT'],
  ])('is refused: %j', (body, code) => {
    expect(read(body)).toMatchObject({ events: [], refused: [{ index: 0, code }] });
  });
  test('is refused as a whole when it is no object', () => {
    expect(() => door.translate(published({}, '[1]'))).toThrow(expect.objectContaining({ code: 'E_BAD_REQUEST' }));
  });
});

describe('a map', () => {
  const map = {
    event: 'body.type',
    events: {
      'booking.new': {
        name: 'booking.made',
        who: { email: 'body.guest.email' },
        data: { guests: 'body.n', nights: 2 },
        at: 'body.made',
      },
      'guest.changed': {
        name: 'profile.updated',
        who: { userId: 'body.guest.id' },
        data: { firstName: 'body.guest.name' },
      },
    },
  };
  const mapped = doorWith({ secret: SECRET, map });
  const read = (body: JsonObject) => mapped.translate(published({}, JSON.stringify(body)));
  test('makes our event of theirs, each field by its expression', () => {
    expect(
      read({ type: 'booking.new', guest: { email: 'A@b.example' }, n: 3, made: '2026-03-01T10:00:00Z' }).events,
    ).toEqual([
      {
        id: ID,
        name: 'booking.made',
        at: Date.UTC(2026, 2, 1, 10),
        who: ['email:a@b.example'],
        data: { guests: 3, nights: 2 },
        ignored: 0,
      },
    ]);
  });
  test('takes what is missing as null, and the time of sending where none is told', () => {
    expect(read({ type: 'booking.new' }).events[0]).toMatchObject({
      at: SENT,
      who: [],
      data: { guests: null, nights: 2 },
    });
  });
  test('reads traits as traits', () => {
    expect(read({ type: 'guest.changed', guest: { id: 7, name: 'Anna' } }).events[0]).toMatchObject({
      who: ['user:7'],
      data: { first_name: 'Anna' },
    });
  });
  test('takes an event it does not name, and makes nothing of it', () => {
    expect(read({ type: 'room.cleaned' })).toEqual({ events: [], refused: [] });
    expect(read({})).toEqual({ events: [], refused: [] });
    expect(read({ type: '__proto__' })).toEqual({ events: [], refused: [] });
  });
  test.each<[string, JsonObject]>([
    ['without the field that names the event', { events: map.events }],
    ['without events', { event: 'body.type' }],
    ["with a name of the engine's own", { event: 'body.type', events: { a: { name: 'message.opened' } } }],
    ['with an identity nobody knows', { event: 'body.type', events: { a: { name: 'b', who: { fax: 'body.fax' } } } }],
    ['with a field that is no expression', { event: 'body.type', events: { a: { name: 'b', data: { c: {} } } } }],
    [
      'with an expression that cannot be read',
      { event: 'body.type', events: { a: { name: 'b', data: { c: 'body.(' } } } },
    ],
    [
      'with a name that is not there',
      { event: 'body.type', events: { a: { name: 'b', data: { c: 'profile.email' } } } },
    ],
  ])('is refused when the source is made: %s', (_what, wrong) => {
    expect(() => doorWith({ secret: SECRET, map: wrong })).toThrow(expect.objectContaining({ code: 'E_SETTINGS' }));
  });
});
