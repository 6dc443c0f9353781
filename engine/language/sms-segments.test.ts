// Promises of counting text messages.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { smsSize } from './sms-segments.ts';

test.each([
  ['', 'gsm-7', 1],
  ['a'.repeat(160), 'gsm-7', 1],
  ['a'.repeat(161), 'gsm-7', 2],
  ['a'.repeat(306), 'gsm-7', 2],
  ['a'.repeat(307), 'gsm-7', 3],
  ['€'.repeat(80), 'gsm-7', 1],
  ['€'.repeat(81), 'gsm-7', 2],
  // 153 septets hold 76 escaped characters: the pair is not cut.
  ['€'.repeat(152), 'gsm-7', 2],
  ['€'.repeat(153), 'gsm-7', 3],
  ['Привет', 'ucs-2', 1],
  ['ж'.repeat(70), 'ucs-2', 1],
  ['ж'.repeat(71), 'ucs-2', 2],
  ['ж'.repeat(134), 'ucs-2', 2],
  ['ж'.repeat(135), 'ucs-2', 3],
  ['😀'.repeat(35), 'ucs-2', 1],
  ['😀'.repeat(36), 'ucs-2', 2],
  // 67 units hold 33 pairs.
  ['😀'.repeat(67), 'ucs-2', 3],
  [`${'a'.repeat(100)}—`, 'ucs-2', 2],
  ['`', 'ucs-2', 1],
])('P35 %j is %s in %i', (text, encoding, segments) => {
  expect(smsSize(text)).toMatchObject({ encoding, segments });
});

test('P35 any text fits its segments and no fewer, and the cheap alphabet is used where it is enough', () => {
  const gsm = '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà^{}\\[~]|€';
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...gsm), maxLength: 700 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
  );
  fc.assert(
    fc.property(text, (one) => {
      const { encoding, segments, because } = smsSize(one);
      const isGsm = [...one].every((c) => gsm.includes(c) || /^[A-Za-z0-9\n\r\f]$/.test(c));
      expect(encoding === 'gsm-7').toBe(isGsm);
      expect(because === null).toBe(isGsm);
      const units = isGsm ? [...one].reduce((sum, c) => sum + ('^{}\\[~]|€\f'.includes(c) ? 2 : 1), 0) : one.length;
      const [alone, each] = isGsm ? [160, 153] : [70, 67];
      const least = units <= alone ? 1 : Math.ceil(units / each);
      // A pair that is not cut costs a unit a segment at most.
      const most = units <= alone ? 1 : Math.ceil(units / (each - 1));
      expect(segments).toBeGreaterThanOrEqual(least);
      expect(segments).toBeLessThanOrEqual(most);
    }),
  );
});
