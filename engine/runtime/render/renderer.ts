// Renders messages: a template and a person in, headers, HTML and text out. Compiles each template once.

import { createHash } from 'node:crypto';
import { convert } from 'html-to-text';
import type { Fault } from '../../language/errors.ts';
import type { Template } from '../../language/template.ts';
import type { Instant, JsonObject } from '../../language/values.ts';
import type { Manner } from './filters.ts';
import type { Piece } from './liquid.ts';
import { parsePiece, renderPiece } from './liquid.ts';
import { MjmlCompiler } from './mjml.ts';
import { addPixel, addPreheader, headerText, rewriteHtml, rewriteText } from './rewrite.ts';

export interface RenderRequest {
  readonly template: Template;
  /** The `.email.txt` beside an mjml or html template. */
  readonly textPart?: Template;
  /** A step's own subject; Liquid. */
  readonly subject?: string;
  readonly context: {
    readonly profile: JsonObject;
    readonly trigger: JsonObject;
    readonly vars: JsonObject;
    readonly brand: JsonObject;
    readonly now: Instant;
    readonly message: {
      readonly url: { readonly unsubscribe: string; readonly preferences: string; readonly browser: string };
    };
  };
  readonly zone: string;
  readonly locale: string;
  readonly currency: string;
  /** Makes a web link countable. */
  readonly links?: (url: string) => string;
  /** Address of the open pixel. */
  readonly pixel?: string;
}

export interface Rendered {
  readonly headers: Readonly<Record<string, string>>;
  readonly actions: readonly { readonly label: string; readonly url: string }[];
  readonly html: string | null;
  readonly text: string;
  /** Variables that were undefined, each once. */
  readonly faults: readonly string[];
  /** SHA-256 of what was rendered, before links were made countable. */
  readonly hash: string;
  readonly locale: string | null;
}

export interface Renderer {
  /** Throws when the template cannot be compiled or reaches a limit: such a message is refused, never half sent. */
  render(request: RenderRequest): Promise<Rendered>;
  /** What MJML finds wrong with a template. */
  check(template: Template): Promise<Fault[]>;
  close(): Promise<void>;
}

interface Compiled {
  readonly headers: readonly { readonly name: string; readonly piece: Piece }[];
  readonly html: Piece | null;
  readonly text: Piece;
}

const MOST_COMPILED = 2_000;

/** A renderer with a cache of its own. */
export function createRenderer(): Renderer {
  const mjml = new MjmlCompiler();
  const compiled = new Map<string, Promise<Compiled>>();
  const compile = (template: Template): Promise<Compiled> => {
    const key = `${template.format}\n${template.channel}\n${template.headers.map((header) => `${header.name}:${header.value}`).join('\n')}\n${template.body}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    const made = compileTemplate(template, mjml);
    compiled.set(key, made);
    made.catch(() => compiled.delete(key));
    return made;
  };
  return {
    async render(request) {
      const main = await compile(request.template);
      const beside = request.textPart === undefined ? null : await compile(request.textPart);
      return produce(request, main, beside);
    },
    async check(template) {
      if (template.format !== 'mjml') return [];
      const { errors } = await mjml
        .compile(template.body)
        .catch((error: Error) => ({ errors: [{ line: 1, message: error.message }] }));
      return errors.map(({ line, message }) => ({
        code: 'E_TEMPLATE_MJML',
        place: { file: template.file, line: template.bodyLine + line - 1, column: 1 },
        message: `${message.replace(/\.$/, '')}.`,
        severity: 'error' as const,
      }));
    },
    close: () => mjml.close(),
  };
}

async function compileTemplate(template: Template, mjml: MjmlCompiler): Promise<Compiled> {
  const headers = template.headers.map(({ name, value }) => ({ name, piece: parsePiece(value, 'text') }));
  if (template.format === 'txt') return { headers, html: null, text: parsePiece(template.body, 'text') };
  const html = template.format === 'mjml' ? (await mjml.compile(template.body)).html : template.body;
  return { headers, html: parsePiece(html, 'html'), text: parsePiece(textOf(html), 'text') };
}

/** The text part, made once from HTML that still carries its Liquid: `{{ … }}` and `{% … %}` are text to the converter. */
function textOf(html: string): string {
  return convert(html.replace(/<!--[\s\S]*?-->/g, ''), {
    wordwrap: false,
    preserveNewlines: false,
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'] } },
      { selector: 'h1', options: { uppercase: false } },
      { selector: 'h2', options: { uppercase: false } },
      { selector: 'h3', options: { uppercase: false } },
      { selector: 'table', format: 'block' },
      { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      { selector: 'td', format: 'inline' },
    ],
  }).replace(/\n{3,}/g, '\n\n');
}

function produce(request: RenderRequest, main: Compiled, beside: Compiled | null): Rendered {
  const { context, locale, zone, currency, template } = request;
  const manner: Manner = { locale: safeLocale(locale), zone, currency, now: context.now };
  const data = { ...context };
  const faults = new Set<string>();
  const piece = (one: Piece) => renderPiece(one, data, manner, faults);
  const lines = main.headers.map(({ name, piece: value }) => ({ name, value: headerText(piece(value)) }));
  const headers: Record<string, string> = Object.fromEntries(
    lines.filter(({ name }) => name !== 'action' && name !== 'category').map(({ name, value }) => [name, value]),
  );
  if (request.subject !== undefined) headers.subject = headerText(piece(parsePiece(request.subject, 'text')));
  const actions = lines.filter(({ name }) => name === 'action').map(({ value }) => actionOf(value));
  const html = main.html === null ? null : withPreheader(piece(main.html), headers.preheader);
  const text = piece(beside?.text ?? main.text)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  const hash = createHash('sha256')
    .update(JSON.stringify([headers, actions, html, text]))
    .digest('hex');
  const out = outward(request, html, text);
  return {
    headers,
    actions: actions.map((action) => ({ ...action, url: out.link(action.url) })),
    html: out.html,
    text: out.text,
    faults: [...faults].sort(),
    hash,
    locale: template.locale,
  };
}

function outward({ links, pixel, context }: RenderRequest, html: string | null, text: string) {
  const keep = new Set(Object.values(context.message.url));
  const counted = html !== null && links !== undefined ? rewriteHtml(html, links, keep) : html;
  return {
    html: counted !== null && pixel !== undefined ? addPixel(counted, pixel) : counted,
    text: links === undefined ? text : rewriteText(text, links, keep),
    link: (url: string) => (links !== undefined && /^https?:\/\//i.test(url) ? links(url) : url),
  };
}

function withPreheader(html: string, preheader: string | undefined): string {
  return preheader === undefined || preheader === ''
    ? html
    : addPreheader(html, preheader.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}

/** `Label | URL`. */
function actionOf(value: string): { label: string; url: string } {
  const bar = value.lastIndexOf('|');
  return bar === -1
    ? { label: value, url: '' }
    : { label: value.slice(0, bar).trim(), url: value.slice(bar + 1).trim() };
}

function safeLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0] ?? 'en';
  } catch {
    return 'en';
  }
}
