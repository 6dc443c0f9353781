import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import type { RawRequest } from '../ports/source.ts';
import { segmentDoor } from './segment.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
function request(path: string, body: JsonObject, headers: Record<string, string> = {}): RawRequest {
  return { headers: { ':path': path, ...headers }, body: Buffer.from(JSON.stringify(body)), received: NOW, ip: null };
}

describe('a browser key', () => {
  const shop = segmentDoor({
    name: 'app',
    type: 'segment',
    options: { write_key: 'server', browser_key: ['page', 'server'] },
  });
  const page = (call: string, body: JsonObject) => ({
    ...request(`/v1/${call}`, body, basic('page:')),
    ip: '203.0.113.9',
  });
  test('is told from a server’s, and a key that is both is a server’s', () => {
    expect(shop.verify(page('track', {}))).toEqual({ ok: true, browser: true });
    expect(shop.verify(request('/v1/track', {}, basic('server:')))).toEqual({ ok: true });
  });
  test('believes no user id, and needs the visitor’s own id', () => {
    const body = { userId: 'anna', anonymousId: 'a-1', event: 'x', context: { traits: { email: 'a@b.example' } } };
    const { events: told, visitor } = shop.translate(page('track', body));
    expect(told.map(({ who }) => who)).toEqual([
      ['email:a@b.example', 'anonymous:a-1'],
      ['email:a@b.example', 'anonymous:a-1'],
    ]);
    expect(visitor).toBe(true);
    expect(shop.translate(page('track', { userId: 'anna', event: 'x' })).refused).toMatchObject([
      { code: 'E_NO_IDENTITY' },
    ]);
  });
  test('P20 keeps of a consent what is known here, not what the page says of itself', () => {
    const context = { page: { url: 'https://lumen.example/' }, ip: '8.8.8.8' };
    const consent = { email: true, text: 'Send me letters', version: '3' };
    const proof = { source: 'browser', ip: '203.0.113.9', page: 'https://lumen.example/' };
    const identify = shop.translate(
      page('identify', { anonymousId: 'a', traits: { email: 'a@b.example', consent }, context }),
    );
    expect(identify.events[1]?.data).toEqual({ channel: 'email', text: 'Send me letters', version: '3', ...proof });
    const track = shop.translate(
      page('track', {
        anonymousId: 'a',
        event: 'consent.granted',
        properties: { channel: 'sms', text: 'Yes', source: 'identify', ip: '8.8.8.8' },
        context,
      }),
    );
    expect(track.events[0]?.data).toEqual({ channel: 'sms', text: 'Yes', ...proof });
  });
  test('refuses in a batch what it may not say, and takes the rest', () => {
    const batch = [
      { type: 'track', anonymousId: 'a', event: 'cart.updated' },
      { type: 'track', anonymousId: 'a', event: 'Order Completed' },
      { type: 'alias', userId: 'u', previousId: 'a' },
    ];
    const { events: told, refused } = shop.translate(page('batch', { batch }));
    expect(told.map(({ name }) => name)).toEqual(['cart.updated']);
    expect(refused.map(({ index, code }) => [index, code])).toEqual([
      [1, 'E_FORBIDDEN'],
      [2, 'E_FORBIDDEN'],
    ]);
  });
});
