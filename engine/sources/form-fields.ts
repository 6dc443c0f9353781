// Fields of a form: which of them name the person, by what settings say or by what they are usually called.

import type { JsonObject } from '../language/values.ts';
import { objectOf } from './read-json.ts';
import { textOf } from './shop-values.ts';
import { Identities } from './vocabulary.ts';

/** Names that forms usually have, where `fields` names no other: English, Russian, and Tilda's. */
const USUAL: Readonly<Record<string, RegExp>> = {
  user: /^(user_?id|customer_?id)$/i,
  email: /^(e[-_ ]?mail|email[-_ ]?address|e-?mail адрес|(электронная )?почта|эл\. ?почта)$/i,
  phone: /^(phone([-_ ]?number)?|tel|telephone|mobile|телефон|номер телефона)$/i,
  first_name: /^(first[-_ ]?name|имя)$/i,
  last_name: /^(last[-_ ]?name|surname|family[-_ ]?name|фамилия)$/i,
  name: /^(name|full[-_ ]?name|your[-_ ]?name|фио|имя и фамилия)$/i,
  city: /^(city|город)$/i,
  country: /^country$/i,
  birthday: /^(birthday|birth[-_ ]?date|date[-_ ]of[-_ ]birth|дата рождения)$/i,
  id: /^(tranid|submission[-_]?id|message[-_]?id)$/i,
};
const TRAITS = ['email', 'phone', 'first_name', 'last_name', 'city', 'country', 'birthday'];
const NOT_TRAITS = new Set(['id', 'user', 'anonymous', 'name']);

/** Our name of each of their fields that has one. */
export type Names = ReadonlyMap<string, string>;

/** What settings say goes first; what they do not name is guessed, each of ours for one field alone. */
export function namesOf(fields: readonly string[], chosen: JsonObject): Names {
  const names = new Map<string, string>();
  for (const [ours, theirs] of Object.entries(chosen)) {
    const field = fields.find((one) => one === theirs);
    if (field !== undefined) names.set(field, ours);
  }
  for (const [ours, usual] of Object.entries(USUAL)) {
    if (Object.hasOwn(chosen, ours)) continue;
    const field = fields.find((one) => !names.has(one) && usual.test(one.trim()));
    if (field !== undefined) names.set(field, ours);
  }
  return names;
}

/** The values that have names of ours. */
export function namedValues(body: JsonObject, names: Names): JsonObject {
  const values: [string, string][] = [];
  for (const [theirs, ours] of names) {
    const value = textOf(body[theirs]);
    if (value !== null) values.push([ours, value]);
  }
  return Object.fromEntries(values);
}

export function whoOf(values: JsonObject): Identities {
  return new Identities()
    .add('user', values.user)
    .add('email', values.email)
    .add('phone', values.phone)
    .add('anonymous', values.anonymous);
}

/** Traits among the values: those every source knows, and whatever else `fields` names. */
export function traitsOf(values: JsonObject, chosen: JsonObject): JsonObject {
  const wanted = [...TRAITS, ...Object.keys(chosen).filter((name) => !NOT_TRAITS.has(name))];
  const traits = Object.fromEntries(
    [...new Set(wanted)].flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
  return { ...wholeName(values), ...objectOf(traits) };
}

/** A name in one field: its first word, and the rest. */
function wholeName({ name }: JsonObject): JsonObject {
  const [, first, last] = /^(\S+)(?:\s+(\S.*))?$/su.exec(textOf(name) ?? '') ?? [];
  return { ...(first !== undefined && { first_name: first }), ...(last !== undefined && { last_name: last }) };
}
