// Filters beyond Liquid's own: money, dates and plurals, in the reader's language, currency and zone.

import type { Liquid } from 'liquidjs';
import { formatDate } from './dates.ts';
import { formatterOf } from './formatters.ts';
import type { Manner, MessageContext } from './message-context.ts';

const mannerOf = (filter: { context: unknown }): Manner => (filter.context as MessageContext).manner;

/** Adds our filters to a Liquid engine. */
export function addFilters(liquid: Liquid): void {
  liquid.registerFilter('money', function (value: unknown, currency?: unknown) {
    const manner = mannerOf(this);
    return money(value, typeof currency === 'string' ? currency.toUpperCase() : manner.currency, manner.locale);
  });
  liquid.registerFilter('date', function (value: unknown, format?: unknown) {
    return formatDate(value, typeof format === 'string' ? format : 'medium', mannerOf(this));
  });
  liquid.registerFilter('plural', function (value: unknown, ...forms: unknown[]) {
    return plural(value, forms.map(String), mannerOf(this).locale);
  });
}

/** A sum in a currency as its language writes it; whole sums without decimals. */
function money(value: unknown, currency: string, locale: string): string {
  if (value === null || value === undefined || value === '') return '';
  const number = numberOf(value);
  if (!Number.isFinite(number)) throw new Error(`money: "${String(value).slice(0, 40)}" is no number`);
  if (!/^[A-Z]{3}$/.test(currency)) throw new Error(`money: "${currency.slice(0, 40)}" is no currency`);
  const whole = Math.round(number * 100) % 100 === 0;
  const format = formatterOf(
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

const ORDER = ['zero', 'one', 'two', 'few', 'many', 'other'];
/** Languages in which a fraction takes the form of a few: 1,5 товара. */
const FRACTION_IS_FEW = /^(ru|uk|be)\b/;

/** CLDR's plural forms of a language, in CLDR's order, those at the end left out at will: `товар, товара, товаров`, `item, items`. */
function plural(value: unknown, forms: readonly string[], locale: string): string {
  const { rules, categories } = formatterOf(`plural ${locale}`, () => {
    const made = new Intl.PluralRules(locale);
    const has = new Set<string>(made.resolvedOptions().pluralCategories);
    return { rules: made, categories: ORDER.filter((name) => has.has(name)) };
  });
  const selected = rules.select(Math.abs(numberOf(value)));
  const few = selected === 'other' && forms.length < categories.length && FRACTION_IS_FEW.test(locale);
  const place = categories.indexOf(few ? 'few' : selected);
  return forms[Math.min(Math.max(place, 0), forms.length - 1)] ?? '';
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}
