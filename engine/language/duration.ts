// Lengths of time as people write them: `30s 15m 2h 3d 1w 1h30m`.

import type { Millis } from './values.ts';

const UNITS: readonly (readonly [string, Millis])[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** Milliseconds of `1h30m`, or null. Units go from the greater to the smaller, each once; `d` is 24 h. */
export function parseDuration(text: string): Millis | null {
  const match = /^(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?$/.exec(text.trim());
  if (match === null || match[0] === '') return null;
  return UNITS.reduce((sum, [, length], n) => sum + Number(match[n + 1] ?? 0) * length, 0);
}

/** The shortest writing of a length: `1h30m`; below a second `250ms`. */
export function formatDuration(ms: Millis): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let rest = ms;
  let text = '';
  for (const [unit, length] of UNITS) {
    if (unit === 'w' && rest % length !== 0) continue;
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text === '' ? (rest === 0 ? '0s' : `${rest}ms`) : text;
}
