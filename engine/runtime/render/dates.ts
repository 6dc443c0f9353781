// The `date` filter: a moment in the reader's zone and language, by a named style or a strftime pattern.

import { isZone, parseMoment } from '../../language/calendar.ts';
import { Moment } from '../../language/values.ts';
import { formatterOf } from './formatters.ts';
import type { Manner } from './message-context.ts';

const STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  short: { dateStyle: 'short' },
  medium: { dateStyle: 'medium' },
  long: { dateStyle: 'long' },
  full: { dateStyle: 'full' },
  time: { timeStyle: 'short' },
};
/** Nobody writes a longer one; a customer's text used as a pattern may be any length. */
const LONGEST_PATTERN = 200;

/** Nothing for nothing; throws for what is no moment. A text without an offset is the reader's wall clock. */
export function formatDate(value: unknown, format: string, manner: Manner): string {
  if (value === null || value === undefined || value === '') return '';
  const ms = momentOf(value, manner);
  if (ms === null || Math.abs(ms) > 8.64e15) throw new Error(`date: "${String(value).slice(0, 40)}" is no moment`);
  const style = STYLES[format];
  if (style !== undefined) return formatter('style', style, format, manner).format(ms);
  const pattern = format
    .slice(0, LONGEST_PATTERN)
    .replace(/%([FTRDc])/g, (whole, letter: string) => SHORTHANDS[letter] ?? whole);
  const dated = /%[-0_^]?[de]/.test(pattern);
  return pattern.replace(/%([-0_^]?)([a-zA-Z%])/g, (whole, flag: string, letter: string) => {
    const text = part(letter, dated, ms, manner);
    return text === null ? whole : flagged(text, flag, letter);
  });
}

function momentOf(value: unknown, { zone, now }: Manner): number | null {
  if (value === 'now' || value === 'today') return now;
  if (value instanceof Moment) return value.ms;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' ? parseMoment(value, zone) : null;
}

function formatter(kind: string, options: Intl.DateTimeFormatOptions, name: string, { locale, zone }: Manner) {
  return formatterOf(
    `date ${locale} ${zone} ${kind} ${name}`,
    () => new Intl.DateTimeFormat(locale, { timeZone: isZone(zone) ? zone : 'UTC', ...options }),
  );
}

const SHORTHANDS: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  c: '%a %b %e %H:%M:%S %Y',
};

interface Part {
  readonly options: Intl.DateTimeFormatOptions;
  readonly type: Intl.DateTimeFormatPartTypes;
  /** Digits it is filled up to. */
  readonly width?: number;
}
const PARTS: Readonly<Record<string, Part>> = {
  Y: { options: { year: 'numeric' }, type: 'year' },
  y: { options: { year: '2-digit' }, type: 'year', width: 2 },
  m: { options: { month: 'numeric' }, type: 'month', width: 2 },
  B: { options: { month: 'long' }, type: 'month' },
  b: { options: { month: 'short' }, type: 'month' },
  h: { options: { month: 'short' }, type: 'month' },
  d: { options: { day: 'numeric' }, type: 'day', width: 2 },
  e: { options: { day: 'numeric' }, type: 'day' },
  A: { options: { weekday: 'long' }, type: 'weekday' },
  a: { options: { weekday: 'short' }, type: 'weekday' },
  H: { options: { hour: 'numeric', hourCycle: 'h23' }, type: 'hour', width: 2 },
  k: { options: { hour: 'numeric', hourCycle: 'h23' }, type: 'hour' },
  I: { options: { hour: 'numeric', hourCycle: 'h12' }, type: 'hour', width: 2 },
  l: { options: { hour: 'numeric', hourCycle: 'h12' }, type: 'hour' },
  M: { options: { minute: 'numeric' }, type: 'minute', width: 2 },
  S: { options: { second: 'numeric' }, type: 'second', width: 2 },
  p: { options: { hour: 'numeric', hourCycle: 'h12' }, type: 'dayPeriod' },
  P: { options: { hour: 'numeric', hourCycle: 'h12' }, type: 'dayPeriod' },
  Z: { options: { timeZoneName: 'short' }, type: 'timeZoneName' },
};
/** Months of a date are declined where the language does it: 2 марта, but март 2026. */
const WITH_DAY: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  B: { month: 'long', day: 'numeric' },
  b: { month: 'short', day: 'numeric' },
  h: { month: 'short', day: 'numeric' },
};

/** One letter of a strftime pattern in the reader's language; null for a letter we do not know. */
function part(letter: string, dated: boolean, ms: number, manner: Manner): string | null {
  if (letter === '%') return '%';
  if (letter === 's') return String(Math.floor(ms / 1000));
  const known = PARTS[letter];
  if (known === undefined) return null;
  const options = (dated ? WITH_DAY[letter] : undefined) ?? known.options;
  const parts = formatter('part', options, `${letter}${dated}`, manner).formatToParts(ms);
  const text = parts.find((one) => one.type === known.type)?.value ?? '';
  return known.width === undefined ? text : text.padStart(known.width, '0');
}

/** `%-d` without the leading zero, `%^B` in capitals, `%P` in small letters. */
function flagged(text: string, flag: string, letter: string): string {
  if (flag === '^') return text.toUpperCase();
  if (letter === 'P') return text.toLowerCase();
  return flag === '-' ? text.replace(/^0(?=.)/, '') : text;
}
