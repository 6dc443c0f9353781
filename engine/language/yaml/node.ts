// YAML as the language sees it: texts, maps and lists with their places. No value has a type yet; shapes give it one.

import type { Place } from '../errors.ts';

export interface TextNode {
  readonly kind: 'text';
  readonly text: string;
  readonly place: Place;
  /** Where the text itself begins: behind the quote, or below the `|`. */
  readonly inside: Place;
  /** Quoted by the author; in free data `"7"` is text and `7` a number. */
  readonly quoted: boolean;
  /** It goes on over several lines: columns inside it cannot be told. */
  readonly folded: boolean;
  /** A comment that touches its `#` (`Order #5`): perhaps text that YAML cut. */
  readonly cut: string | null;
}

export interface MapEntry {
  readonly key: string;
  readonly place: Place;
  readonly value: YamlNode;
}
export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  readonly place: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly place: Place;
}

/** Nothing stands behind the key. */
export interface EmptyNode {
  readonly kind: 'empty';
  /** Something stood there that was refused already: no second fault about it. */
  readonly refused?: true;
  readonly place: Place;
}

export type YamlNode = TextNode | MapNode | ListNode | EmptyNode;

/** The value of a key of a map, if it is there. */
export function child(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}

/** The text of a key of a map, if it is there and is text. */
export function childText(node: YamlNode | undefined, key: string): string | undefined {
  const value = child(node, key);
  return value?.kind === 'text' ? value.text : undefined;
}
