// From the text of a file to nodes with places, and every fault of its syntax. Every scalar is text: nothing is guessed.
// The language is YAML's plain part: no anchors, aliases, tags or second documents (P29).

import type { Alias, Document, ParsedNode, Scalar } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Fault, Place } from '../errors.ts';
import { MAX_DEPTH } from './flow.ts';
import { mend } from './mend.ts';
import type { MapEntry, TextNode, YamlNode } from './node.ts';
import { Places } from './places.ts';
import { syntaxFaults } from './syntax-faults.ts';

/** A workspace file larger than this is a mistake. */
export const MAX_FILE_CHARACTERS = 1_000_000;

export interface YamlReading {
  /** Null when the syntax is broken beyond reading. */
  readonly node: YamlNode | null;
  readonly faults: readonly Fault[];
}

/** Reads one YAML file. Texts that YAML would misread are reported (E_QUOTE) and read as meant. */
export function readYaml(file: string, text: string): YamlReading {
  const faults: Fault[] = [];
  const start: Place = { file, line: 1, column: 1 };
  const broken = (code: string, place: Place, message: string): YamlReading => ({
    node: null,
    faults: [...faults, { code, place, message, severity: 'error' }],
  });
  if (text.length > MAX_FILE_CHARACTERS)
    return broken('E_TOO_LARGE', start, `the file has more than ${MAX_FILE_CHARACTERS} characters. Split it.`);
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const mended = mend(bare);
  const places = new Places(file, bare, mended.insertions);
  for (const { code, offset, message } of mended.findings)
    faults.push({ code, place: places.ofAuthor(offset), message, severity: 'error' });
  if (mended.findings.some(({ code }) => code !== 'E_QUOTE')) return { node: null, faults };
  const document = parse(mended.text);
  if (document === null) return broken('E_TOO_DEEP', start, 'the file nests too deeply to be read. Flatten it.');
  const syntax = syntaxFaults(document.errors, mended.text, places, faults);
  faults.push(...syntax.faults);
  if (syntax.fatal) return { node: null, faults };
  const builder = new NodeBuilder(mended.text, places, faults);
  return { node: builder.node(document.contents, 0, 0), faults };
}

function parse(text: string): Document.Parsed<ParsedNode> | null {
  try {
    return parseDocument(text, { schema: 'failsafe', prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Names that mean something to JavaScript objects and nothing to an author. */
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

class NodeBuilder {
  private readonly text: string;
  private readonly places: Places;
  private readonly faults: Fault[];
  constructor(text: string, places: Places, faults: Fault[]) {
    this.text = text;
    this.places = places;
    this.faults = faults;
  }

  node(node: ParsedNode | null, from: number, depth: number): YamlNode {
    const place = this.places.of(node?.range[0] ?? from);
    if (node === null) return { kind: 'empty', place };
    if (depth > MAX_DEPTH)
      return this.refuse('E_TOO_DEEP', place, `values stand in values more than ${MAX_DEPTH} deep. Flatten them.`);
    if (isAlias(node)) return this.alias(node, place);
    if (node.anchor !== undefined)
      return this.refuse(
        'E_ANCHOR',
        place,
        `anchors (&${node.anchor}) are not part of the language. Write the value where it is needed.`,
      );
    if (node.tag !== undefined) {
      const tag = node.tag.replace('tag:yaml.org,2002:', '!!');
      return this.refuse(
        'E_TAG',
        place,
        `tags (${tag}) are not part of the language: the key tells how a value is read. Leave the tag out.`,
      );
    }
    if (isScalar(node)) return this.scalar(node, place);
    if (isSeq(node))
      return {
        kind: 'list',
        place,
        items: node.items.map((item) => this.node(item as ParsedNode | null, node.range[0], depth + 1)),
      };
    if (isMap(node))
      return {
        kind: 'map',
        place,
        entries: node.items.flatMap((pair) =>
          this.entry(pair.key as ParsedNode | null, pair.value as ParsedNode | null, depth),
        ),
      };
    return { kind: 'empty', place };
  }

  private alias(node: Alias.Parsed, place: Place): YamlNode {
    return this.refuse(
      'E_ANCHOR',
      place,
      `aliases (*${node.source}) are not part of the language. Write the value where it is needed, or quote it if it is text.`,
    );
  }

  private entry(key: ParsedNode | null, value: ParsedNode | null, depth: number): MapEntry[] {
    const place = this.places.of(key?.range[0] ?? 0);
    if (!isScalar(key)) {
      this.refuse('E_YAML', place, 'a key is a text. Quote it.');
      return [];
    }
    const name = String(key.value ?? '');
    if (REFUSED_KEYS.has(name)) {
      this.refuse('E_KEY_REFUSED', place, `the key "${name}" is not allowed anywhere. Choose another name.`);
      return [];
    }
    return [{ key: name, place, value: this.node(value, key.range[0], depth + 1) }];
  }

  private scalar(node: Scalar.Parsed, place: Place): YamlNode {
    const text = String(node.value ?? '');
    const quoted = node.type !== 'PLAIN';
    if (text === '' && !quoted) return { kind: 'empty', place };
    const block = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
    const inside = block
      ? this.places.of(this.belowHeader(node.range[0]))
      : this.places.of(node.range[0] + (quoted ? 1 : 0));
    const said: TextNode = {
      kind: 'text',
      text: block ? text.replace(/\n+$/, '') : text,
      place,
      inside,
      quoted,
      folded: this.text.slice(node.range[0], node.range[1]).includes('\n'),
      cut: quoted ? null : this.cut(node.range[1]),
    };
    return said;
  }

  /** The first character of a block text, below its `|` or `>`. */
  private belowHeader(start: number): number {
    const line = this.text.indexOf('\n', start) + 1;
    const indent = /^\s*/.exec(this.text.slice(line))?.[0].length ?? 0;
    return line === 0 ? start : line + indent;
  }

  /** What stands behind ` #` without a space: a comment to YAML, perhaps text to its author. */
  private cut(end: number): string | null {
    const line = this.text.slice(end, this.text.indexOf('\n', end) < 0 ? undefined : this.text.indexOf('\n', end));
    return /^[ \t]+(#[^\s#].*?)\s*$/.exec(line)?.[1] ?? null;
  }

  private refuse(code: string, place: Place, message: string): YamlNode {
    this.faults.push({ code, place, message, severity: 'error' });
    return { kind: 'empty', place, refused: true };
  }
}
