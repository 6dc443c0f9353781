// `${NAME}` and `${NAME:-default}` in tropa.yaml, read after YAML so that no value can change the file's structure.

import type { Place } from './errors.ts';
import type { MapEntry, MapNode, TextNode, YamlNode } from './yaml/node.ts';
import type { Reader } from './yaml/shape.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Missing {
  readonly name: string;
  readonly place: Place;
}

/** The settings with their variables filled in. A sender whose variables are missing is left out: its channel delivers to the sandbox. */
export function fillIn(node: YamlNode, env: Environment, reader: Reader): YamlNode {
  if (node.kind !== 'map') return filled(node, env, reader);
  return {
    ...node,
    entries: node.entries.map((entry) =>
      entry.key === 'senders'
        ? { ...entry, value: senders(entry.value, env, reader) }
        : { ...entry, value: filled(entry.value, env, reader) },
    ),
  };
}

function filled(node: YamlNode, env: Environment, reader: Reader): YamlNode {
  const missing: Missing[] = [];
  const value = replace(node, env, missing);
  for (const { name, place } of missing)
    reader.error('E_ENV', place, `the environment has no ${name}. Set it, or give it a default: \${${name}:-…}.`);
  return value;
}

function senders(node: YamlNode, env: Environment, reader: Reader): YamlNode {
  if (node.kind !== 'map') return node;
  return { ...node, entries: node.entries.flatMap((entry) => sender(entry, env, reader)) };
}

function sender(entry: MapEntry, env: Environment, reader: Reader): MapEntry[] {
  const { value } = entry;
  const all = value.kind === 'list' ? value.items : [value];
  const whole = all.flatMap((one) => {
    const missing: Missing[] = [];
    const told = replace(one, env, missing);
    const [first] = missing;
    if (first === undefined) return [told];
    const names = [...new Set(missing.map(({ name }) => name))].join(', ');
    reader.warn(
      'W_SANDBOX',
      first.place,
      `the environment has no ${names}, so this sender is left out and ${all.length > 1 ? 'the others take over, or else ' : ''}${entry.key} goes to the sandbox. Set ${missing.length > 1 ? 'them' : 'it'} when messages should really leave.`,
    );
    return [];
  });
  if (whole.length === 0) return [];
  return [{ ...entry, value: value.kind === 'list' ? { ...value, items: whole } : (whole[0] ?? value) }];
}

function replace(node: YamlNode, env: Environment, missing: Missing[]): YamlNode {
  if (node.kind === 'text') return replaceText(node, env, missing);
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => replace(item, env, missing)) };
  if (node.kind === 'map')
    return {
      ...node,
      entries: node.entries.map((entry) => ({ ...entry, value: replace(entry.value, env, missing) })),
    } satisfies MapNode;
  return node;
}

function replaceText(node: TextNode, env: Environment, missing: Missing[]): TextNode {
  const text = node.text.replaceAll(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_whole, name: string, otherwise: string | undefined) => {
      const value = env[name];
      if (value !== undefined && value !== '') return value;
      if (otherwise === undefined) missing.push({ name, place: node.place });
      return otherwise ?? '';
    },
  );
  return text === node.text ? node : { ...node, text, quoted: true };
}
