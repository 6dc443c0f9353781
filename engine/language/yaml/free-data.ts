// Free data: keys of the author's own, values read without guessing. Texts beginning with `=` are expressions.

import type { FreeData, FreeValue } from '../journey.ts';
import type { Json, JsonObject } from '../values.ts';
import type { Names } from './conditions.ts';
import { readCondition } from './conditions.ts';
import type { EmptyNode, MapNode, TextNode, YamlNode } from './node.ts';
import type { Reader, Shape } from './shape.ts';
import { mismatch } from './shape.ts';

/** Whatever they look like: a phone number is not a number, an id of digits keeps its zeros. */
const ALWAYS_TEXT: ReadonlySet<string> = new Set(['phone', 'email', 'id']);
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** What an unquoted text of free data is: true, false, null, a JSON number that prints back the same, else text. */
export function literal(node: TextNode, key: string): null | boolean | number | string {
  const { text } = node;
  if (node.quoted || ALWAYS_TEXT.has(key)) return !node.quoted && text === 'null' ? null : text;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return JSON_NUMBER.test(text) && String(Number(text)) === text ? Number(text) : text;
}

const SCHEMA = { type: 'object', additionalProperties: true } as const;

/** Free data whose texts may be expressions over `names`. */
export function freeData(names: Names): Shape<FreeData> {
  const expects = 'a map of names and values';
  return {
    expects,
    read: (node, what, reader) =>
      node.kind === 'map' ? fieldsOf(node, names, reader) : mismatch(node, what, expects, reader),
    schema: () => SCHEMA,
  };
}

function fieldsOf(node: MapNode, names: Names, reader: Reader): FreeData {
  const fields: Record<string, FreeValue> = {};
  for (const { key, value } of node.entries) {
    const read = freeValue(value, key, names, reader);
    if (read !== undefined) fields[key] = read;
  }
  return fields;
}

function freeValue(node: YamlNode, key: string, names: Names, reader: Reader): FreeValue | undefined {
  if (node.kind === 'map') return { kind: 'map', fields: fieldsOf(node, names, reader) };
  if (node.kind === 'list')
    return {
      kind: 'list',
      items: node.items.map((item) => freeValue(item, key, names, reader)).filter((item) => item !== undefined),
    };
  if (node.kind === 'empty') return empty(node, key, reader);
  if (!node.text.startsWith('=')) return { kind: 'literal', value: warned(node, key, reader) };
  const skip = node.text.length - node.text.slice(1).trimStart().length;
  const inside = { ...node.inside, column: node.inside.column + skip };
  const condition = readCondition({ ...node, text: node.text.slice(skip), inside }, names, reader);
  return condition === undefined ? undefined : { kind: 'expression', condition };
}

/** Free data of a spec: literals only. */
export const plainData: Shape<JsonObject> = {
  expects: 'a map of names and values',
  read: (node, what, reader) =>
    node.kind === 'map' ? plainFields(node, reader) : mismatch(node, what, 'a map of names and values', reader),
  schema: () => SCHEMA,
};

function plainFields(node: MapNode, reader: Reader): JsonObject {
  const fields: JsonObject = {};
  for (const { key, value } of node.entries) {
    const read = plainValue(value, key, reader);
    if (read !== undefined) fields[key] = read;
  }
  return fields;
}

/** One value of free data as JSON. */
export function plainValue(node: YamlNode, key: string, reader: Reader): Json | undefined {
  if (node.kind === 'map') return plainFields(node, reader);
  if (node.kind === 'list') return node.items.map((item) => plainValue(item, key, reader) ?? null);
  if (node.kind === 'empty') return empty(node, key, reader);
  if (node.text.startsWith('='))
    return reader.error(
      'E_VALUE',
      node.place,
      `"${key}" takes a plain value here: what is typed is what happens. Expressions (=…) belong into journeys.`,
    );
  return warned(node, key, reader);
}

/** Every scalar as text: options of senders and sources, whose secrets may look like numbers. */
export function textsOf(node: YamlNode): Json {
  if (node.kind === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, textsOf(value)]));
  if (node.kind === 'list') return node.items.map(textsOf);
  return node.kind === 'text' ? node.text : '';
}

function warned(node: TextNode, key: string, reader: Reader): null | boolean | number | string {
  if (node.cut !== null)
    reader.warn(
      'W_COMMENT',
      node.place,
      `YAML takes "${node.cut}" as a comment and cuts it off. If it belongs to "${key}", put quotes around the whole text.`,
    );
  return literal(node, key);
}

function empty(node: EmptyNode, key: string, reader: Reader): undefined {
  if (node.refused === true) return undefined;
  return reader.error('E_VALUE', node.place, `"${key}" has no value. Write null for none, or "" for an empty text.`);
}
