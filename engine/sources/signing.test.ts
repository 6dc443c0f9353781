import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Source } from '../language/settings.ts';
import type { RawRequest } from '../ports/source.ts';
import { signedByOpenssl, webhookBody } from '../testing/signed-by-openssl.ts';
import { sourceDoor } from './doors.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const NEW = 'hush-hush, a secret of “ours”';
const OLD = 'the one before';

interface Scheme {
  readonly type: string;
  readonly header: string;
  readonly body: Buffer;
}
const SCHEMES: readonly Scheme[] = [
  { type: 'shopify', header: 'x-shopify-hmac-sha256', body: webhookBody('shopify/orders-create.json') },
  { type: 'woocommerce', header: 'x-wc-webhook-signature', body: webhookBody('woocommerce/order.created.json') },
];

const sourceOf = (type: string, secret: Source['options'][string]): Source => ({
  name: 'shop',
  type,
  options: { secret },
});
const requestOf = (body: Uint8Array, headers: RawRequest['headers']): RawRequest => ({
  headers,
  body,
  received: NOW,
  ip: null,
});

describe.each(SCHEMES)('P22 webhooks of type $type', ({ type, header, body }) => {
  const door = sourceDoor(sourceOf(type, NEW));
  const signature = signedByOpenssl(body, NEW);
  const verify = (bytes: Uint8Array, offered: string | undefined) =>
    door.verify(requestOf(bytes, { [header]: offered }));

  test('are taken with the signature that openssl makes', () => {
    expect(verify(body, signature)).toEqual({ ok: true });
  });
  test('are taken by any secret of a list, while secrets change', () => {
    const rotating = sourceDoor(sourceOf(type, [NEW, OLD]));
    for (const secret of [NEW, OLD])
      expect(rotating.verify(requestOf(body, { [header]: signedByOpenssl(body, secret) })).ok).toBe(true);
    expect(rotating.verify(requestOf(body, { [header]: signedByOpenssl(body, 'another') })).ok).toBe(false);
  });
  test('are refused without a signature, and with what only looks like one', () => {
    const digest = Buffer.from(signature, 'base64');
    const offered = [
      undefined,
      '',
      'x',
      digest.toString('hex'),
      signature.slice(0, -1),
      `${signature} `,
      ` ${signature}`,
    ];
    for (const one of [...offered, `${signature},${signature}`, digest.subarray(0, 31).toString('base64')])
      expect(verify(body, one).ok).toBe(false);
  });
  test('are refused with any single byte of the body changed', () => {
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = Buffer.from(body);
        changed[place] = (changed[place] ?? 0) ^ change;
        expect(verify(changed, signature).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
  test('are refused with any byte of the body missing, doubled or added', () => {
    for (let place = 0; place <= body.length; place += 7) {
      const [head, tail] = [body.subarray(0, place), body.subarray(place)];
      expect(verify(Buffer.concat([head, Buffer.from(' '), tail]), signature).ok).toBe(false);
      if (tail.length > 0) expect(verify(Buffer.concat([head, tail.subarray(1)]), signature).ok).toBe(false);
    }
  });
  test('are refused with any single character of the signature changed', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ ';
    for (let place = 0; place < signature.length; place += 1) {
      for (const letter of letters) {
        if (letter === signature[place]) continue;
        expect(verify(body, signature.slice(0, place) + letter + signature.slice(place + 1)).ok).toBe(false);
      }
    }
  });
  test.each([[undefined], [''], [[]], [['a', '']], [{}]])('need a secret, not %j', (secret) => {
    expect(() => sourceDoor(sourceOf(type, secret as never))).toThrow(expect.objectContaining({ code: 'E_SETTINGS' }));
  });
});

describe('a webhook of Shopify', () => {
  const { header, body } = SCHEMES[0]!;
  const door = sourceDoor(sourceOf('shopify', NEW));
  const at = (stamp: string) =>
    door.verify(requestOf(body, { [header]: signedByOpenssl(body, NEW), 'x-shopify-triggered-at': stamp }));
  test('P22 is a replay once it was triggered longer ago than Shopify tries', () => {
    expect(at('2026-03-02T11:59:59.123456789Z')).toEqual({ ok: true });
    expect(at('2026-02-28T12:00:00Z')).toEqual({ ok: true });
    expect(at('2026-02-28T11:59:59Z')).toMatchObject({ ok: false, why: expect.stringContaining('too long ago') });
    expect(at('soon')).toMatchObject({ ok: false });
  });
});

describe.each(['bearer', 'form'])('P22 the token of a source of type %s', (type) => {
  const token = 'tk_8sJ2-kd93.zQ~4';
  const door = sourceDoor({ name: 'till', type, options: { token: [token, 'tk_old'] } });
  const verify = (authorization: string | undefined) => door.verify(requestOf(Buffer.from('{}'), { authorization }));

  test('is any of the list', () => {
    for (const one of [token, 'tk_old']) expect(verify(`Bearer ${one}`)).toEqual({ ok: true });
    expect(verify(`bearer  ${token}`).ok).toBe(true);
  });
  test('is refused with any single character changed, added or missing', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.integer({ min: 32, max: 126 }), (place, code) => {
        const letter = String.fromCharCode(code);
        if (letter === token[place]) return;
        expect(verify(`Bearer ${token.slice(0, place)}${letter}${token.slice(place + 1)}`).ok).toBe(false);
        expect(verify(`Bearer ${token.slice(0, place)}${token.slice(place + 1)}`).ok).toBe(false);
        expect(verify(`Bearer ${token.slice(0, place)}x${token.slice(place)}`).ok).toBe(false);
      }),
    );
  });
  test('is refused where it is none', () => {
    for (const one of [undefined, '', 'Bearer', 'Bearer ', token, `Basic ${token}`, `Bearer ${token},tk_old`])
      expect(verify(one).ok).toBe(false);
  });
  test.each([[undefined], [''], [[]], [['a', ' ']]])('is needed, not %j', (wrong) => {
    expect(() => sourceDoor({ name: 'till', type, options: { token: wrong as never } })).toThrow(
      expect.objectContaining({ code: 'E_SETTINGS' }),
    );
  });
});
