// Values as shop platforms write them: money in texts, ids as numbers, lists that may be missing.

import type { CountryCode } from 'libphonenumber-js/min';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Json, JsonObject } from '../language/values.ts';
import { isObject } from './read-json.ts';

/** A number, also where it is written as text (`"4990.00"`); null for anything else. */
export function numberOf(value: Json | undefined): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A text that says something; numbers become texts. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** The objects of a list; an empty list for anything else. */
export function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Sums of money without what binary fractions add: cents are the smallest that matters, a thousandth for some. */
export function sum(amounts: readonly number[]): number {
  return Math.round(amounts.reduce((all, amount) => all + amount, 0) * 1000) / 1000;
}

/** Only the fields that say something. */
export function told(fields: { readonly [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, Json] => field[1] !== undefined && field[1] !== null),
  );
}

/**
 * A phone as E.164 where its country tells how to read it: shops keep what customers typed (`8 (911) 765-43-21`).
 * What cannot be read stays as it is.
 */
export function phoneIn(phone: Json | undefined, country: Json | undefined): string | null {
  const text = textOf(phone);
  if (text === null || text.startsWith('+') || typeof country !== 'string' || !/^[A-Z]{2}$/.test(country)) return text;
  const parsed = parsePhoneNumberFromString(text, country as CountryCode);
  return parsed?.isPossible() === true ? parsed.number : text;
}
