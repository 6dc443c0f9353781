// What a value of the language looks like, said once: a shape reads YAML into a typed value, words what it expects for
// messages, and describes itself as JSON Schema for editors. So that the three cannot differ.

import type { Fault, Place } from '../errors.ts';
import type { YamlNode } from './node.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** Named parts of a JSON Schema: `#/definitions/steps`. Each is made once, so shapes may refer to themselves. */
export class Library {
  readonly definitions: Record<string, JsonSchema> = {};

  ref(name: string, make: () => JsonSchema): JsonSchema {
    if (this.definitions[name] === undefined) {
      this.definitions[name] = {};
      this.definitions[name] = make();
    }
    return { $ref: `#/definitions/${name}` };
  }
}

/** Gathers the faults of one file. */
export class Reader {
  readonly file: string;
  readonly faults: Fault[];
  constructor(file: string, faults: Fault[] = []) {
    this.file = file;
    this.faults = faults;
  }

  error(code: string, place: Place, message: string): undefined {
    this.faults.push({ code, place, message, severity: 'error' });
    return undefined;
  }

  warn(code: string, place: Place, message: string): undefined {
    this.faults.push({ code, place, message, severity: 'warning' });
    return undefined;
  }

  get broken(): boolean {
    return this.faults.some((fault) => fault.severity === 'error');
  }
}

export interface Shape<T> {
  /** What stands here, with an example, as a message goes on after "takes": `a duration such as 2h`. */
  readonly expects: string;
  /** The value; undefined once a fault about it was reported. `what` names it: `"within"`. */
  read(node: YamlNode, what: string, reader: Reader): T | undefined;
  schema(library: Library): JsonSchema;
}

/** What somebody typed, short enough for a message. */
export function typed(node: YamlNode): string {
  if (node.kind === 'empty') return 'nothing';
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  return node.text.length > 60 ? `"${node.text.slice(0, 57)}…"` : `"${node.text}"`;
}

/** Reports that a value is not what its key takes. */
export function mismatch(
  node: YamlNode,
  what: string,
  expects: string,
  reader: Reader,
  hint?: string | null,
): undefined {
  if (node.kind === 'empty' && node.refused === true) return undefined;
  const instead = node.kind === 'empty' ? 'and has no value' : `not ${typed(node)}`;
  return reader.error('E_VALUE', node.place, `${what} takes ${expects}, ${instead}.${hint ? ` ${hint}` : ''}`);
}
