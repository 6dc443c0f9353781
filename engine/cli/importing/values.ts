// Cells as values: yes and no, numbers, moments, telephone numbers, as people and spreadsheets write them.

import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Instant, Json } from '../../language/values.ts';
import type { Kind } from './targets.ts';

const YES = new Set(
  '1|y|yes|true|t|on|x|+|✓|✔|да|д|истина|есть|subscribed|opt in|opt_in|opted in|granted|подписан'.split('|'),
);
const NO = new Set('0|n|no|false|f|off|нет|н|ложь|unsubscribed|opt out|opt_out|opted out|withdrawn|отписан'.split('|'));
const TRUTHS = new Set(['yes', 'no', 'true', 'false', 'да', 'нет', 'истина', 'ложь']);
/** No leading zeros, no plus, no more digits than a number keeps. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:[.,]\d{1,10})?$/;

/** Whether a cell says yes or no, or null. */
export function truthOf(cell: string): boolean | null {
  const word = cell.toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : null;
}

/** What a cell looks like; null where it is blank. */
export function kindOf(cell: string): Kind | null {
  if (cell === '') return null;
  if (TRUTHS.has(cell.toLowerCase())) return 'boolean';
  return NUMBER.test(cell) && cell.replace(/\D/g, '').length <= 15 ? 'number' : 'text';
}

/** The value of a trait, or undefined where the cell is none of this kind. */
export function traitOf(cell: string, kind: Kind): Json | undefined {
  if (kind === 'text') return cell;
  if (kind === 'list')
    return cell
      .split(/[,;|]/)
      .map((item) => item.trim())
      .filter((item) => item !== '');
  if (kind === 'boolean') return truthOf(cell) ?? undefined;
  const digits = cell.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  return /^[+-]?\d+(?:\.\d+)?$/.test(digits) ? Number(digits) : undefined;
}

/** `2025-03-01`, `2025-03-01 12:30`, `01.03.2025`, with a zone or in UTC; undefined where it is none of them. */
export function momentOf(cell: string): Instant | undefined {
  const [, day, month, year, rest = ''] = /^(\d{2})\.(\d{2})\.(\d{4})(.*)$/.exec(cell) ?? [];
  const iso = (year === undefined ? cell : `${year}-${month}-${day}${rest}`)
    .trim()
    .replace(/^(\d{4}-\d\d-\d\d) +/, '$1T');
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(iso)) return undefined;
  const at = Date.parse(/T.*(?:Z|[+-]\d\d:?\d\d)$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
  return Number.isFinite(at) && at >= 0 ? at : undefined;
}

/** The number in E.164 where libphonenumber can tell it, else as it stands. Spreadsheets lose the plus of `+7…`. */
export function phoneOf(cell: string, country: string | null): string {
  const land: CountryCode | undefined =
    country !== null && isSupportedCountry(country.toUpperCase()) ? (country.toUpperCase() as CountryCode) : undefined;
  const tries = [
    parsePhoneNumberFromString(cell, land),
    ...(/^[1-9][\d\s().-]{9,}$/.test(cell) ? [parsePhoneNumberFromString(`+${cell}`)] : []),
  ];
  return tries.find((number) => number?.isValid() === true)?.number ?? cell;
}
