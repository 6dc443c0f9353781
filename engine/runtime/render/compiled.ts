// A template made ready: its headers, its HTML and its text, each parsed once and kept for the messages that follow.

import { createHash } from 'node:crypto';
import type { Template } from '../../language/template.ts';
import type { Mode, Piece } from './liquid.ts';
import { parsePiece } from './liquid.ts';
import type { MjmlCompiler } from './mjml.ts';
import { textOf } from './text-part.ts';

export interface Compiled {
  readonly headers: readonly { readonly name: string; readonly piece: Piece }[];
  readonly html: Piece | null;
  readonly text: Piece;
  /** Whether it needs watching from outside; see `Piece.grows`. */
  readonly grows: boolean;
  /** Milliseconds one message may take; less for a template that used them up before. */
  allowance: number;
}

/** What one message may take, of the thread that everything else runs on. */
export const FULL_ALLOWANCE = 250;
/** A hundred times what an ordinary mail takes. */
const LEAST_ALLOWANCE = 25;
const MOST_COMPILED = 1_000;
const MOST_SUBJECTS = 1_000;

/** A template that used up its time gets half of it next time, so that it holds up the others less and less. */
export function restrain(compiled: Compiled): void {
  compiled.allowance = Math.max(LEAST_ALLOWANCE, Math.floor(compiled.allowance / 2));
}

/** Compiled templates, by content: the same text read again is not compiled again. */
export class CompiledTemplates {
  readonly #mjml: MjmlCompiler;
  readonly #byTemplate = new WeakMap<Template, Promise<Compiled>>();
  readonly #byContent = new Map<string, Promise<Compiled>>();
  readonly #subjects = new Map<string, Piece>();

  constructor(mjml: MjmlCompiler) {
    this.#mjml = mjml;
  }

  /** Throws when it cannot be compiled; the next call tries again. */
  of(template: Template): Promise<Compiled> {
    const known = this.#byTemplate.get(template);
    if (known !== undefined) return known;
    const content = contentOf(template);
    const made = this.#byContent.get(content) ?? this.#compile(template);
    this.#byTemplate.set(template, made);
    remember(this.#byContent, content, made, MOST_COMPILED);
    made.catch(() => {
      this.#byTemplate.delete(template);
      this.#byContent.delete(content);
    });
    return made;
  }

  /** A step's own subject. */
  subject(text: string): Piece {
    const piece = this.#subjects.get(text) ?? parsePiece(text, 'text');
    remember(this.#subjects, text, piece, MOST_SUBJECTS);
    return piece;
  }

  async #compile(template: Template): Promise<Compiled> {
    const headers = template.headers.map(({ name, value }) => ({ name, piece: parsePiece(value, modeOf(name)) }));
    const { html, text } = await this.#body(template);
    const grows = [...headers.map(({ piece }) => piece), text, ...(html === null ? [] : [html])].some(
      (piece) => piece.grows,
    );
    return { headers, html, text, grows, allowance: FULL_ALLOWANCE };
  }

  async #body({ format, body }: Template): Promise<{ html: Piece | null; text: Piece }> {
    if (format === 'txt') return { html: null, text: parsePiece(body, 'text') };
    const html = format === 'mjml' ? await this.#html(body) : body;
    return { html: parsePiece(html, 'html'), text: parsePiece(textOf(html), 'stripped') };
  }

  async #html(mjml: string): Promise<string> {
    const { html, errors } = await this.#mjml.compile(mjml);
    if (html === null) throw new Error(`MJML: ${errors[0]?.message ?? 'cannot be read'}`);
    return html;
  }
}

function modeOf(header: string): Mode {
  return header === 'from' || header === 'reply_to' ? 'address' : 'text';
}

function contentOf({ format, headers, body }: Template): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([format, headers.map(({ name, value }) => [name, value])])).update(body);
  return hash.digest('base64');
}

/** Keeps the latest used. */
function remember<T>(kept: Map<string, T>, key: string, value: T, most: number): void {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size <= most) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
