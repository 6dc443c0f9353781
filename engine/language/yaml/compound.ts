// Shapes made of shapes: maps with known keys, maps with keys of one's own, lists, one-or-a-list.

import type { Place } from '../errors.ts';
import { suggest } from '../suggest.ts';
import type { MapEntry, MapNode, YamlNode } from './node.ts';
import type { JsonSchema, Library, Reader, Shape } from './shape.ts';
import { mismatch } from './shape.ts';

/** A key of a map. */
export interface Field<T> {
  readonly shape: Shape<unknown>;
  /** For whoever hovers over it; Markdown. */
  readonly doc: string;
  readonly required: boolean;
  /** The value where the key is left out. */
  readonly fallback: T | undefined;
}
export type Fields = { readonly [key: string]: Field<unknown> };
export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never } & {
  readonly place: Place;
};

/** A key that must be there. */
export function required<T>(shape: Shape<T>, doc: string): Field<T> {
  return { shape, doc, required: true, fallback: undefined };
}

/** A key that may be left out, and is null then. */
export function optional<T>(shape: Shape<T>, doc: string): Field<T | null>;
/** A key that may be left out, and is `fallback` then. */
export function optional<T, D>(shape: Shape<T>, doc: string, fallback: D): Field<T | D>;
export function optional<T>(shape: Shape<T>, doc: string, fallback: unknown = null): Field<T> {
  return { shape, doc, required: false, fallback: fallback as T };
}

/** A key that must be there; where it is wrong, `fallback` lets the rest of the map be checked. */
export function needed<T>(shape: Shape<T>, doc: string, fallback: T): Field<T> {
  return { shape, doc, required: true, fallback };
}

export interface MapOptions {
  /** What the map is, for messages: `a trigger`. */
  readonly expects: string;
  /** What faults of its keys call it, where that is not `expects`: `"quiet_hours"`. */
  readonly called?: string;
  /** Keys of later versions, and what they are. */
  readonly later?: Readonly<Record<string, string>>;
  /** For whoever hovers over it. */
  readonly doc?: string;
}

/** A map with known keys. An unknown key is a fault, with a suggestion; every key is read, however many are wrong. */
export function map<F extends Fields>(fields: F, options: MapOptions): Shape<Values<F>> {
  return {
    expects: options.expects,
    read(node, what, reader) {
      if (node.kind !== 'map')
        return mismatch(node, what, options.expects, reader, spaceHint(node, Object.keys(fields)));
      return readFields(node, fields, options, reader);
    },
    schema: (library) => mapSchemaOf(fields, library, options.doc),
  };
}

/** `wait:2h` is one text to YAML. */
export function spaceHint(node: YamlNode, keys: readonly string[]): string | null {
  const key = node.kind === 'text' ? /^([A-Za-z_]+):(?=\S)/.exec(node.text)?.[1] : undefined;
  if (key === undefined || !keys.includes(key) || node.kind !== 'text') return null;
  return `Put a space behind the colon: ${key}: ${node.text.slice(key.length + 1)}`;
}

/** Reads the known keys of a map; undefined when a required one is missing or wrong. */
export function readFields<F extends Fields>(
  node: MapNode,
  fields: F,
  options: MapOptions,
  reader: Reader,
): Values<F> | undefined {
  for (const entry of node.entries)
    if (!Object.hasOwn(fields, entry.key)) unknownKey(entry, Object.keys(fields), options, reader);
  const values: Record<string, unknown> = { place: node.place };
  let whole = true;
  for (const [key, field] of Object.entries(fields)) {
    const entry = node.entries.find((one) => one.key === key);
    const value =
      entry === undefined
        ? absent(key, field, node, { ...options, known: Object.keys(fields) }, reader)
        : field.shape.read(entry.value, `"${key}"`, reader);
    if (value === undefined && field.required && field.fallback === undefined) whole = false;
    values[key] = value === undefined ? field.fallback : value;
  }
  return whole ? (values as Values<F>) : undefined;
}

function absent(
  key: string,
  field: Field<unknown>,
  node: MapNode,
  { expects, called = expects, known }: MapOptions & { readonly known: readonly string[] },
  reader: Reader,
): unknown {
  if (!field.required) return field.fallback;
  // A key misspelt was reported as unknown; that it is missing would be the same fault once more.
  if (node.entries.some((entry) => !known.includes(entry.key) && suggest(entry.key, known) === key)) return undefined;
  return reader.error('E_MISSING_KEY', node.place, `${called} needs "${key}": ${field.shape.expects}.`);
}

/** Reports a key nobody knows here. */
export function unknownKey(entry: MapEntry, known: readonly string[], options: MapOptions, reader: Reader): undefined {
  const later = options.later?.[entry.key];
  if (later !== undefined)
    return reader.error(
      'E_NOT_YET',
      entry.place,
      `"${entry.key}" (${later}) is not available in this version. Leave it out.`,
    );
  const colon = /^([A-Za-z_]+):/.exec(entry.key)?.[1];
  if (colon !== undefined && known.includes(colon))
    return reader.error(
      'E_UNKNOWN_KEY',
      entry.place,
      `put a space behind the colon: ${colon}: ${entry.key.slice(colon.length + 1)}`,
    );
  const near = suggest(entry.key, known);
  const remedy = near === null ? `It takes ${known.join(', ')}.` : `Did you mean "${near}"?`;
  return reader.error(
    'E_UNKNOWN_KEY',
    entry.place,
    `${options.called ?? options.expects} has no "${entry.key}". ${remedy}`,
  );
}

/** A map with these keys as JSON Schema. */
export function mapSchemaOf(fields: Fields, library: Library, doc?: string): JsonSchema {
  const properties = Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, described(field, library)]));
  const needed = Object.keys(fields).filter((key) => fields[key]?.required === true);
  return {
    type: 'object',
    ...(doc !== undefined && { description: doc }),
    properties,
    ...(needed.length > 0 && { required: needed }),
    additionalProperties: false,
  };
}

/** A key's schema with its hover text. Draft-07 ignores what stands beside `$ref`. */
export function described(field: Pick<Field<unknown>, 'shape' | 'doc'>, library: Library): JsonSchema {
  const schema = field.shape.schema(library);
  return '$ref' in schema ? { description: field.doc, allOf: [schema] } : { ...schema, description: field.doc };
}

/** A list; items that are wrong are reported and left out. */
export function list<T>(item: Shape<T>, expects: string): Shape<readonly T[]> {
  return {
    expects,
    read(node, what, reader) {
      if (node.kind !== 'list') return mismatch(node, what, expects, reader);
      return node.items
        .map((one) => item.read(one, itemName(what), reader))
        .filter((one): one is T & {} => one !== undefined);
    },
    schema: (library) => ({ type: 'array', items: item.schema(library) }),
  };
}

/** One, or a list of them. */
export function oneOrMore<T>(item: Shape<T>, expects = `${item.expects}, or a list of them`): Shape<readonly T[]> {
  const many = list(item, expects);
  return {
    expects,
    read(node, what, reader) {
      if (node.kind === 'list') return many.read(node, what, reader);
      const one = item.read(node, what, reader);
      return one === undefined ? undefined : [one];
    },
    schema: (library) => ({ anyOf: [item.schema(library), many.schema(library)] }),
  };
}

/** A map whose keys are the author's own names. */
export function named<T>(key: Shape<string>, value: Shape<T>, expects: string): Shape<ReadonlyMap<string, T>> {
  return {
    expects,
    read(node, what, reader) {
      if (node.kind !== 'map') return mismatch(node, what, expects, reader);
      const values = new Map<string, T>();
      for (const entry of node.entries) {
        const name = key.read(
          {
            kind: 'text',
            text: entry.key,
            place: entry.place,
            inside: entry.place,
            quoted: false,
            folded: false,
            cut: null,
          },
          `a name in ${what}`,
          reader,
        );
        const read = value.read(entry.value, `"${entry.key}"`, reader);
        if (name !== undefined && read !== undefined) values.set(name, read);
      }
      return values;
    },
    schema: (library) => ({
      type: 'object',
      propertyNames: { pattern: key.schema(library).pattern ?? '' },
      additionalProperties: value.schema(library),
    }),
  };
}

/** The first of several forms that fits the kind of the node. */
export function either<A, B>(text: Shape<A>, other: Shape<B>): Shape<A | B> {
  const expects = `${text.expects}, or ${other.expects}`;
  return {
    expects,
    read(node, what, reader) {
      if (node.kind === 'empty') return mismatch(node, what, expects, reader);
      return node.kind === 'text' ? text.read(node, what, reader) : other.read(node, what, reader);
    },
    schema: (library) => ({ anyOf: [text.schema(library), other.schema(library)] }),
  };
}

/** What a shape reads, made into something else; the change may report a fault and answer undefined. */
export function changed<T, U>(
  shape: Shape<T>,
  change: (value: T, node: YamlNode, reader: Reader) => U | undefined,
): Shape<U> {
  return {
    expects: shape.expects,
    read(node, what, reader) {
      const value = shape.read(node, what, reader);
      return value === undefined ? undefined : change(value, node, reader);
    },
    schema: (library) => shape.schema(library),
  };
}

/** A part that is read later, where its place in the whole is known; for editors it is like `shape`. */
export function later(expects: string, schema: (library: Library) => JsonSchema): Shape<YamlNode> {
  return { expects, read: (node) => node, schema };
}

function itemName(what: string): string {
  return `an entry of ${what}`;
}
