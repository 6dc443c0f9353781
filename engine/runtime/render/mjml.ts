// MJML with Liquid inside, compiled once. Liquid is put aside before MJML sees the text and put back afterwards, so that
// neither can misread the other; a tag standing between elements (`{% for %}` around a section) stays where it stood.

import { Worker } from 'node:worker_threads';

export interface MjmlError {
  readonly line: number;
  readonly message: string;
}
export interface MjmlResult {
  readonly html: string;
  readonly errors: readonly MjmlError[];
}

/** Elements whose content MJML leaves as it is: Liquid inside them needs no wrapping. */
const OPAQUE =
  'mj-text|mj-button|mj-table|mj-raw|mj-style|mj-title|mj-preview|mj-navbar-link|mj-social-element|mj-accordion-title|mj-accordion-text|mj-attributes';
const LIQUID = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

/** A compiler that starts its thread when it is first needed. */
export class MjmlCompiler {
  #worker: Worker | null = null;
  #next = 0;
  readonly #waiting = new Map<
    number,
    { done: (result: { html: string | null; errors: MjmlError[] }) => void; fail: (error: Error) => void }
  >();

  /** The HTML with its Liquid intact. Throws when MJML cannot read it at all. */
  async compile(mjml: string): Promise<MjmlResult> {
    const { text, pieces } = putAside(mjml);
    const { html, errors } = await this.#ask(text);
    if (html === null) throw new Error(`MJML: ${errors[0]?.message ?? 'cannot be read'}`);
    return { html: putBack(html, pieces), errors };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #ask(mjml: string): Promise<{ html: string | null; errors: MjmlError[] }> {
    const worker = this.#start();
    this.#next += 1;
    const id = this.#next;
    worker.ref();
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      worker.postMessage({ id, mjml });
    });
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    // Under test the sources run, but a thread runs only what is compiled.
    const file = import.meta.url.endsWith('.ts')
      ? new URL('../../../dist/engine/runtime/render/mjml-worker.js', import.meta.url)
      : new URL('./mjml-worker.js', import.meta.url);
    const worker = new Worker(file);
    worker.on('message', ({ id, html, errors }: { id: number; html: string | null; errors: MjmlError[] }) => {
      this.#waiting.get(id)?.done({ html, errors });
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error) => {
      for (const { fail } of this.#waiting.values()) fail(error);
      this.#waiting.clear();
      this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }
}

function putAside(mjml: string): { text: string; pieces: string[] } {
  const pieces: string[] = [];
  const opaque = opaqueRanges(mjml);
  const text = mjml.replace(LIQUID, (liquid, at: number) => {
    pieces.push(liquid);
    const mark = `tropaliquid${pieces.length - 1}x`;
    const between = liquid.startsWith('{%') && !opaque.some(([from, to]) => at >= from && at < to);
    return between ? `<mj-raw>${mark}</mj-raw>` : mark;
  });
  return { text, pieces };
}

/** Where text is content or an attribute, and not the room between elements. */
function opaqueRanges(mjml: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (const match of mjml.matchAll(new RegExp(`<(${OPAQUE})\\b[\\s\\S]*?</\\1>`, 'g')))
    ranges.push([match.index, match.index + match[0].length]);
  for (const match of mjml.matchAll(/<[a-z][^<>]*>/g)) ranges.push([match.index, match.index + match[0].length]);
  return ranges;
}

function putBack(html: string, pieces: readonly string[]): string {
  return html.replace(/tropaliquid(\d+)x/g, (_, n: string) => pieces[Number(n)] ?? '');
}
