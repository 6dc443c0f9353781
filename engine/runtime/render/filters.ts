// Filters beyond Liquid's own: money, dates and plurals, in the reader's language, currency and zone.

import type { Liquid } from 'liquidjs';
import { parseMoment } from '../../language/calendar.ts';
import { Moment } from '../../language/values.ts';

/** What a render is told besides its data, under a name no data can have. */
export interface Manner {
  readonly locale: string;
  readonly zone: string;
  readonly currency: string;
  readonly now: number;
}
export const MANNER = '\u0000manner';

type FilterThis = { context: { globals: object } };
const mannerOf = (filter: unknown): Manner =>
  ((filter as FilterThis).context.globals as Record<string, Manner>)[MANNER] as Manner;

/** Adds our filters to a Liquid engine. */
export function addFilters(liquid: Liquid): void {
  liquid.registerFilter('money', function (value: unknown, currency?: unknown) {
    const manner = mannerOf(this);
    return money(
      value,
      typeof currency === 'string' && /^[A-Z]{3}$/i.test(currency) ? currency.toUpperCase() : manner.currency,
      manner.locale,
    );
  });
  liquid.registerFilter('date', function (value: unknown, format?: unknown) {
    return date(value, typeof format === 'string' ? format : 'medium', mannerOf(this));
  });
  liquid.registerFilter('plural', function (value: unknown, ...forms: unknown[]) {
    return plural(value, forms.map(String), mannerOf(this).locale);
  });
}

const cache = new Map<string, unknown>();

/** Formatters are costly to make and few in kind. */
function cached<T>(key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known as T;
  if (cache.size > 2_000) cache.clear();
  const made = make();
  cache.set(key, made);
  return made;
}

/** A sum in a currency as its language writes it; whole sums without decimals. */
function money(value: unknown, currency: string, locale: string): string {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return '';
  const whole = Number.isInteger(number);
  const format = cached(
    `money ${locale} ${currency} ${whole}`,
    () =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        ...(whole && { minimumFractionDigits: 0, maximumFractionDigits: 0 }),
      }),
  );
  return format.format(number);
}

/** CLDR's plural forms of a language, in CLDR's order: `товар, товара, товаров`, `item, items`. */
function plural(value: unknown, forms: readonly string[], locale: string): string {
  const rules = cached(`plural ${locale}`, () => new Intl.PluralRules(locale));
  const order = ['zero', 'one', 'two', 'few', 'many', 'other'];
  const categories = order.filter((name) =>
    rules.resolvedOptions().pluralCategories.includes(name as Intl.LDMLPluralRule),
  );
  const place = categories.indexOf(rules.select(Math.abs(Number(value))));
  return forms[Math.min(Math.max(place, 0), forms.length - 1)] ?? '';
}

const STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  short: { dateStyle: 'short' },
  medium: { dateStyle: 'medium' },
  long: { dateStyle: 'long' },
  full: { dateStyle: 'full' },
  time: { timeStyle: 'short' },
};

function date(value: unknown, format: string, manner: Manner): string {
  const ms = momentOf(value, manner);
  if (ms === null) return '';
  const style = STYLES[format];
  if (style !== undefined) return formatter(manner, style).format(ms);
  return format.replace(
    /%-?([a-zA-Z%])/g,
    (whole, letter: string) => part(letter, whole.startsWith('%-'), ms, manner) ?? whole,
  );
}

function momentOf(value: unknown, { zone, now }: Manner): number | null {
  if (value === 'now' || value === 'today') return now;
  if (value instanceof Moment) return value.ms;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' ? parseMoment(value, zone) : null;
}

function formatter(manner: Manner, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return cached(
    `date ${manner.locale} ${manner.zone} ${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(manner.locale, { timeZone: manner.zone, ...options }),
  );
}

const PARTS: Readonly<Record<string, readonly [Intl.DateTimeFormatOptions, string]>> = {
  Y: [{ year: 'numeric' }, 'year'],
  y: [{ year: '2-digit' }, 'year'],
  m: [{ month: '2-digit' }, 'month'],
  B: [{ month: 'long', day: 'numeric' }, 'month'],
  b: [{ month: 'short', day: 'numeric' }, 'month'],
  d: [{ day: '2-digit' }, 'day'],
  e: [{ day: 'numeric' }, 'day'],
  A: [{ weekday: 'long' }, 'weekday'],
  a: [{ weekday: 'short' }, 'weekday'],
  H: [{ hour: '2-digit', hourCycle: 'h23' }, 'hour'],
  I: [{ hour: '2-digit', hourCycle: 'h12' }, 'hour'],
  M: [{ minute: '2-digit', hour: '2-digit', hourCycle: 'h23' }, 'minute'],
  S: [{ second: '2-digit', minute: '2-digit' }, 'second'],
  p: [{ hour: 'numeric', hourCycle: 'h12' }, 'dayPeriod'],
};

/** One letter of a strftime pattern, in the reader's language and zone. */
function part(letter: string, bare: boolean, ms: number, manner: Manner): string | null {
  if (letter === '%') return '%';
  const known = PARTS[letter];
  if (known === undefined) return null;
  const text =
    formatter(manner, known[0])
      .formatToParts(ms)
      .find((one) => one.type === known[1])?.value ?? '';
  return bare ? text.replace(/^0(?=\d)/, '') : /^\d$/.test(text) && 'mdHIMS'.includes(letter) ? `0${text}` : text;
}
