// The push service of the tests is held to the RFCs' own examples before it judges anybody.

import { expect, test } from '@jest/globals';
import { decrypt, readVapid } from './push-decrypt.ts';

/** RFC 8291 section 5 and appendix A. */
const BODY =
  'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN';
const SUBSCRIBER = {
  privateKey: Buffer.from('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url'),
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};
/** RFC 8292 section 2.4. */
const VAPID =
  'vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs';

test("P22 decrypts RFC 8291's example", () => {
  expect(decrypt(Buffer.from(BODY, 'base64url'), SUBSCRIBER).toString()).toBe(
    'When I grow up, I want to be a watermelon',
  );
});

test('P22 decrypts nothing of which any byte has been changed', () => {
  const body = Buffer.from(BODY, 'base64url');
  for (let at = 0; at < body.length; at += 1) {
    const changed = Buffer.from(body);
    changed[at] = (changed[at] ?? 0) ^ 1;
    // The record size says how much may follow: one more or less of it changes nothing.
    if (at >= 16 && at < 20) continue;
    expect(() => decrypt(changed, SUBSCRIBER)).toThrow();
  }
});

test("P22 verifies RFC 8292's example, and no other claims under its signature", () => {
  expect(readVapid(VAPID)).toMatchObject({
    aud: 'https://push.example.net',
    exp: 1453523768,
    sub: 'mailto:push@example.com',
  });
  expect(() => readVapid(VAPID.replace('eyJhdWQi', 'eyJhdWQj'))).toThrow();
  expect(() => readVapid(VAPID.replace('i3CYb7', 'i3CYb8'))).toThrow();
});
