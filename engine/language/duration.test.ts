import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
    ['1w', 604_800_000],
    ['1h30m', 5_400_000],
    ['1w2d3h4m5s', 788_645_000],
    ['0s', 0],
    [' 2h ', 7_200_000],
    ['30m1h', null],
    ['1h1h', null],
    ['1.5h', null],
    ['-1h', null],
    ['1 h', null],
    ['1H', null],
    ['h', null],
    ['', null],
    ['10', null],
    ['9'.repeat(100_000), null],
  ])('reads %.20s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test.each([
    [0, '0s'],
    [250, '250ms'],
    [90_000, '1m30s'],
    [5_400_000, '1h30m'],
    [604_800_000, '1w'],
    [691_200_000, '8d'],
    [-5_400_000, '-1h30m'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('is written as it would be typed, and read back the same (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), (seconds) =>
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000),
      ),
    );
  });
});
