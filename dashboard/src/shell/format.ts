// Numbers, money and moments as the reader's language writes them.

import { languageNow } from '../i18n/index.ts';

const LOCALE = { en: 'en-GB', ru: 'ru-RU' } as const;
const locale = () => LOCALE[languageNow()];
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale()}${JSON.stringify(options)}`;
  const found = made.get(key) ?? new Intl.NumberFormat(locale(), options);
  made.set(key, found);
  return found as Intl.NumberFormat;
}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${locale()}${JSON.stringify(options)}`;
  const found = made.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  made.set(key, found);
  return found as Intl.DateTimeFormat;
}

export const count = (n: number): string => numbers({}).format(n);
/** 12,345 as it is, 1,234,567 as 1.2M. */
export const short = (n: number): string =>
  Math.abs(n) < 100_000 ? count(n) : numbers({ notation: 'compact', maximumFractionDigits: 1 }).format(n);
export const percent = (share: number, digits = 1): string =>
  numbers({ style: 'percent', maximumFractionDigits: digits }).format(share);

/** Money in major units; a currency that is none is written behind. */
export function money(amount: number, currency: string): string {
  try {
    const digits = Math.abs(amount) >= 1000 ? 0 : 2;
    return numbers({
      style: 'currency',
      currency,
      maximumFractionDigits: digits,
      minimumFractionDigits: Number.isInteger(amount) ? 0 : digits,
    }).format(amount);
  } catch {
    return `${count(amount)} ${currency}`.trim();
  }
}

export const moment = (at: number | string): string =>
  dates({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
export const exactly = (at: number | string): string =>
  dates({ dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
/** A moment as short as it is still told apart: without seconds, without this year. */
export function when(at: number): string {
  const year = new Date(at).getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' as const };
  return dates({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', ...year }).format(at);
}

export const day = (at: number | string): string => dates({ day: 'numeric', month: 'short' }).format(new Date(at));
export const clock = (at: number | string): string => dates({ timeStyle: 'medium' }).format(new Date(at));

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** `in 3 hours`, `2 days ago`. */
export function ago(at: number | string, now: number = Date.now()): string {
  const apart = new Date(at).getTime() - now;
  const [unit, length] = UNITS.find(([, one]) => Math.abs(apart) >= one) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.round(apart / length), unit);
}

const SPANS: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** `1 day 2 hours`: at most two units. */
export function span(ms: number): string {
  let rest = Math.max(0, ms);
  const told: string[] = [];
  for (const [unit, length] of SPANS) {
    const n = Math.floor(rest / length);
    rest -= n * length;
    if (n > 0 && told.length < 2) told.push(numbers({ style: 'unit', unit, unitDisplay: 'short' }).format(n));
  }
  return told.join(' ') || numbers({ style: 'unit', unit: 'second', unitDisplay: 'short' }).format(0);
}
