import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import type { RawRequest } from '../ports/source.ts';
import { segmentDoor } from './segment.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const door = segmentDoor({ name: 'app', type: 'segment', options: { write_key: ['new', 'old'] } });

function request(path: string, body: unknown, headers: Record<string, string> = {}): RawRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { headers: { ':path': path, ...headers }, body: Buffer.from(text), received: NOW, ip: null };
}
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const told = (call: string, body: JsonObject) => door.translate(request(`/v1/${call}`, body));
const events = (call: string, body: JsonObject) =>
  told(call, body).events.map(({ name, who, data, at }) => ({ name, who, data, at }));

describe('the write key', () => {
  test("is the user name of Basic authentication, any of the source's keys", () => {
    expect(door.verify(request('/v1/track', {}, basic('new:'))).ok).toBe(true);
    expect(door.verify(request('/v1/track', {}, basic('old:'))).ok).toBe(true);
    expect(door.verify(request('/v1/track', {}, basic('old'))).ok).toBe(true);
  });
  test('may stand in the body, as long as no header claims something else', () => {
    expect(door.verify(request('/v1/track', { writeKey: 'new' })).ok).toBe(true);
    expect(door.verify(request('/v1/track', { writeKey: 'new' }, basic('wrong:'))).ok).toBe(false);
    expect(door.verify(request('/v1/track', { writeKey: 'new' }, { authorization: 'Bearer x' })).ok).toBe(false);
  });
  test.each(['', ':', 'ne:', 'new2:', 'NEW:', ':new'])('is not %j', (text) => {
    expect(door.verify(request('/v1/track', {}, basic(text))).ok).toBe(false);
  });
  test('is never absent: a request without one, or a source without one, is refused', () => {
    expect(door.verify(request('/v1/track', {})).ok).toBe(false);
    expect(door.verify(request('/v1/track', '{')).ok).toBe(false);
    expect(door.verify(request('/v1/track', { writeKey: '' })).ok).toBe(false);
    expect(() => segmentDoor({ name: 'app', type: 'segment', options: { write_key: '' } })).toThrow(/write_key/);
  });
});

describe('track', () => {
  test("keeps properties as they are, under the event's own name", () => {
    expect(events('track', { userId: 'anna', event: 'Lamp Lit', properties: { orderId: 'o1', revenue: 9.5 } })).toEqual(
      [{ name: 'Lamp Lit', who: ['user:anna'], data: { orderId: 'o1', revenue: 9.5 }, at: NOW }],
    );
  });
  test('knows a person by user id, email, phone and anonymous id, in this order', () => {
    const [event] = events('track', {
      anonymousId: 'a-1',
      userId: 'anna',
      event: 'checkout.started',
      properties: { email: 'Anna@Example.com', phone: '+371 2000-0000' },
    });
    expect(event?.who).toEqual(['user:anna', 'email:anna@example.com', 'phone:+37120000000', 'anonymous:a-1']);
  });
  test("does not take a friend's address for the person's own", () => {
    expect(
      events('track', { userId: 'anna', event: 'Friend Invited', properties: { email: 'boris@example.com' } })[0]?.who,
    ).toEqual(['user:anna']);
  });
  test('tells the traits it carries a millisecond before the event, under an id of their own', () => {
    const body = {
      userId: 'anna',
      event: 'cart.updated',
      messageId: 'm1',
      context: { traits: { email: 'a@b.example', firstName: 'Anna' }, timezone: 'Europe/Riga' },
    };
    const {
      events: [traits, event],
    } = told('track', body);
    expect(traits).toMatchObject({
      name: 'profile.updated',
      at: NOW - 1,
      who: ['user:anna', 'email:a@b.example'],
      data: { email: 'a@b.example', first_name: 'Anna', timezone: 'Europe/Riga' },
    });
    expect(event).toMatchObject({ name: 'cart.updated', at: NOW, id: 'm1' });
    expect(traits?.id).not.toBe('m1');
    expect(told('track', body).events[0]?.id).toBe(traits?.id);
  });
  test.each(['message.opened', 'journey.entered', 'segment.left', 'tropa.start'])(
    "refuses the engine's own name %s",
    (event) => {
      expect(told('track', { userId: 'anna', event }).refused[0]?.code).toBe('E_RESERVED_NAME');
    },
  );
  test.each<[string, JsonObject]>([
    ['without a name', { userId: 'anna' }],
    ['with a number for a name', { userId: 'anna', event: 7 }],
    ['with a list for properties', { userId: 'anna', event: 'x', properties: [] }],
    ['with a time nobody can read', { userId: 'anna', event: 'x', timestamp: 'yesterday' }],
    [
      'of consent for a channel there is not',
      { userId: 'anna', event: 'consent.granted', properties: { channel: 'fax' } },
    ],
  ])('is refused %s', (_what, body) => {
    expect(told('track', body)).toMatchObject({ events: [], refused: [{ index: 0, code: 'E_BAD_EVENT' }] });
  });
  test('passes consent with its proof through', () => {
    const properties = {
      channel: 'email',
      category: 'offers',
      text: 'Yes',
      version: '3',
      source: 'footer',
      ip: '1.2.3.4',
    };
    expect(events('track', { userId: 'anna', event: 'consent.granted', properties })[0]?.data).toEqual(properties);
  });
});

describe('identify', () => {
  test('makes camel case snake case, flattens the address, and keeps ids as text', () => {
    const [event] = events('identify', {
      userId: 'anna',
      traits: {
        firstName: 'Anna',
        lastName: 'B',
        phone: 37120000000,
        address: { city: 'Riga', country: 'LV' },
        ordersURL: 'x',
        'My Trait': 1,
      },
    });
    expect(event).toMatchObject({
      name: 'profile.updated',
      who: ['user:anna', 'phone:37120000000'],
      data: {
        first_name: 'Anna',
        last_name: 'B',
        phone: '37120000000',
        city: 'Riga',
        country: 'LV',
        orders_url: 'x',
        'My Trait': 1,
      },
    });
  });
  test('lets a name already in snake case win over its camel twin', () => {
    expect(events('identify', { userId: 'a1', traits: { firstName: 'Wrong', first_name: 'Right' } })[0]?.data).toEqual({
      first_name: 'Right',
    });
  });
  test("takes the device's timezone and locale where the traits are silent", () => {
    const context = { timezone: 'Asia/Tokyo', locale: 'ja-JP' };
    expect(events('identify', { userId: 'anna', traits: { locale: 'en' }, context })[0]?.data).toEqual({
      timezone: 'Asia/Tokyo',
      locale: 'en',
    });
  });
  test('turns consent, in the traits or beside them, into consent events', () => {
    for (const body of [
      { consent: { email: true, sms: false } },
      { traits: { consent: { email: true, sms: false } } },
    ]) {
      const [profile, email, sms] = told('identify', {
        userId: 'anna',
        messageId: 'm',
        context: { ip: '1.2.3.4' },
        ...body,
      }).events;
      expect(profile?.data).toEqual({});
      expect(email).toMatchObject({
        name: 'consent.granted',
        data: { channel: 'email', source: 'identify', ip: '1.2.3.4' },
      });
      expect(sms).toMatchObject({ name: 'consent.withdrawn', data: { channel: 'sms', source: 'identify' } });
      expect(new Set([profile?.id, email?.id, sms?.id]).size).toBe(3);
    }
  });
  test.each([{ email: 'yes' }, { fax: true }, 'yes'])('refuses consent it cannot read: %j', (consent) => {
    expect(told('identify', { userId: 'anna', consent }).refused[0]?.code).toBe('E_BAD_EVENT');
  });
});

describe('the other calls', () => {
  test("alias unites what was known under the previous id, be it a user's or an anonymous one", () => {
    expect(told('alias', { userId: 'anna', previousId: 'a-1' }).events[0]).toMatchObject({
      name: 'tropa.alias',
      who: ['user:anna'],
      aliases: ['user:a-1', 'anonymous:a-1'],
    });
    expect(told('alias', { userId: 'anna', previousId: 'undefined' }).refused[0]?.code).toBe('E_NO_IDENTITY');
    expect(told('alias', { previousId: 'a-1' }).refused[0]?.code).toBe('E_NO_IDENTITY');
  });
  test('page and screen are views, with their name and category', () => {
    expect(events('page', { anonymousId: 'a-1', name: 'Home', properties: { url: '/' } })).toEqual([
      { name: 'page.viewed', who: ['anonymous:a-1'], data: { url: '/', name: 'Home' }, at: NOW },
    ]);
    expect(events('screen', { userId: 'anna', name: 'Cart', category: 'Shop' })[0]).toMatchObject({
      name: 'screen.viewed',
      data: { name: 'Cart', category: 'Shop' },
    });
  });
  test("group tells the person's group and leaves its traits the group's", () => {
    expect(
      events('group', { userId: 'anna', groupId: 7, traits: { name: 'Initech', employeeCount: 9 } })[0],
    ).toMatchObject({
      name: 'profile.updated',
      data: { group_id: '7', group: { name: 'Initech', employee_count: 9 } },
    });
    expect(told('group', { userId: 'anna' }).refused[0]?.code).toBe('E_BAD_EVENT');
  });
  test('identities that name nobody are left out and counted', () => {
    expect(told('track', { userId: 'undefined', anonymousId: 'a-1', event: 'x' }).events[0]).toMatchObject({
      who: ['anonymous:a-1'],
      ignored: 1,
    });
  });
});

describe('time', () => {
  const at = (body: JsonObject) => told('track', { userId: 'anna', event: 'x', ...body }).events[0]?.at;
  test('is when it was received, where none is told', () => {
    expect(at({})).toBe(NOW);
    expect(at({ sentAt: '2020-01-01T00:00:00Z' })).toBe(NOW);
  });
  test('stands as told, where nobody says when it was sent', () => {
    expect(at({ timestamp: '2012-12-02T00:30:12.984Z' })).toBe(Date.UTC(2012, 11, 2, 0, 30, 12, 984));
    expect(at({ timestamp: '2015-2-02T00:30:12.984Z' })).toBe(Date.UTC(2015, 1, 2, 0, 30, 12, 984));
    expect(at({ timestamp: '2012-12-02' })).toBe(Date.UTC(2012, 11, 2));
    expect(at({ timestamp: '2012-12-02T03:30:00+03:00' })).toBe(Date.UTC(2012, 11, 2, 0, 30));
  });
  test("is freed of the error of the sender's clock: receivedAt - (sentAt - timestamp)", () => {
    expect(at({ timestamp: '2099-01-01T00:00:00Z', sentAt: '2099-01-01T00:00:10Z' })).toBe(NOW - 10_000);
    const {
      events: [event],
    } = door.translate(
      request('/v1/batch', {
        sentAt: '2099-01-01T00:00:10Z',
        batch: [{ type: 'track', userId: 'anna', event: 'x', timestamp: '2099-01-01T00:00:00Z' }],
      }),
    );
    expect(event?.at).toBe(NOW - 10_000);
  });
});

describe('batch and import', () => {
  const batch = (items: unknown[], more: JsonObject = {}) =>
    door.translate(request('/v1/batch', { batch: items as never, ...more }));
  test('take what is good and name what is not by its place', () => {
    const result = batch([
      { type: 'track', userId: 'anna', event: 'a' },
      7,
      { type: 'dance' },
      { type: 'track', userId: 'anna' },
      { type: 'identify', userId: 'anna' },
    ]);
    expect(result.events.map(({ name }) => name)).toEqual(['a', 'profile.updated']);
    expect(result.refused.map(({ index, code }) => `${index} ${code}`)).toEqual([
      '1 E_BAD_EVENT',
      '2 E_BAD_EVENT',
      '3 E_BAD_EVENT',
    ]);
  });
  test("merge the batch's context under each call's own", () => {
    const [event] = batch([{ type: 'identify', userId: 'anna', context: { locale: 'ru' } }], {
      context: { locale: 'en', timezone: 'Europe/Riga' },
    }).events;
    expect(event?.data).toEqual({ locale: 'ru', timezone: 'Europe/Riga' });
  });
  test('hold 2,500 calls and not one more', () => {
    const item = { type: 'track', userId: 'u', event: 'x' };
    expect(batch(Array(2500).fill(item)).events).toHaveLength(2500);
    expect(() => batch(Array(2501).fill(item))).toThrow(expect.objectContaining({ code: 'E_TOO_LARGE' }));
  });
  test('refuse a call of more than 32 KB alone', () => {
    const sized = (bytes: number) => {
      const item = { type: 'track', userId: 'u1', event: 'x', properties: { text: '' } };
      item.properties.text = 'x'.repeat(bytes - Buffer.byteLength(JSON.stringify(item)));
      return item;
    };
    const { events: taken, refused } = batch([sized(32 * 1024), sized(32 * 1024 + 1)]);
    expect(taken).toHaveLength(1);
    expect(refused).toEqual([{ index: 1, code: 'E_TOO_LARGE', detail: expect.any(String) }]);
  });
  test.each(['{', '[]', 'null', '"x"', '{"batch": {}}', '{}'])('refuse the body %s as a whole', (body) => {
    expect(() => door.translate(request('/v1/import', body))).toThrow(
      expect.objectContaining({ code: 'E_BAD_REQUEST' }),
    );
  });
  test('refuse what is not UTF-8', () => {
    const body = Buffer.concat([Buffer.from('{"batch":[],"x":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(() => door.translate({ ...request('/v1/batch', ''), body })).toThrow(
      expect.objectContaining({ code: 'E_BAD_REQUEST' }),
    );
  });
});
