// Renders messages: a template and a person in, headers, HTML and text out. Compiles each template once.

import { createHash } from 'node:crypto';
import type { Fault } from '../../language/errors.ts';
import type { Template } from '../../language/template.ts';
import type { Instant, JsonObject } from '../../language/values.ts';
import type { Compiled } from './compiled.ts';
import { CompiledTemplates, FULL_ALLOWANCE, restrain } from './compiled.ts';
import type { Piece } from './liquid.ts';
import { parsePiece, Rendering } from './liquid.ts';
import { MjmlCompiler } from './mjml.ts';
import { addPixel, addPreheader, headerText, isWeb, rewriteHtml, rewriteText, safeUrl } from './rewrite.ts';
import { tidy } from './text-part.ts';
import { withinBudget } from './within-budget.ts';

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
  /** Variables that were undefined and filters that failed, each once. */
  readonly faults: readonly string[];
  /** SHA-256 of what was rendered, before links were made countable. */
  readonly hash: string;
  readonly locale: string | null;
}

export interface Renderer {
  /** Throws when the template cannot be compiled or reaches a limit: such a message is refused, never half sent. */
  render(request: RenderRequest): Promise<Rendered>;
  /** What MJML finds wrong with a template, and the Liquid in it where MJML put it. */
  check(template: Template): Promise<Fault[]>;
  close(): Promise<void>;
}

/** A renderer with a cache and a thread of its own; the thread starts with the first MJML. */
export function createRenderer(): Renderer {
  const mjml = new MjmlCompiler();
  const templates = new CompiledTemplates(mjml);
  return {
    async render(request) {
      const main = await templates.of(request.template);
      const beside = request.textPart === undefined ? null : await templates.of(request.textPart);
      const subject = request.subject === undefined ? null : templates.subject(request.subject);
      return outgoing(request, produce(request, { main, beside, subject }));
    },
    check: (template) => checkMjml(template, mjml),
    close: () => mjml.close(),
  };
}

async function checkMjml({ format, body, bodyLine, file }: Template, mjml: MjmlCompiler): Promise<Fault[]> {
  if (format !== 'mjml') return [];
  const { html, errors } = await mjml
    .compile(body)
    .catch((error: Error) => ({ html: null, errors: [{ line: 1, message: error.message }] }));
  const misplaced = html === null || errors.length > 0 ? [] : liquidErrors(html);
  return [...errors, ...misplaced].map(({ line, message }) => ({
    code: 'E_TEMPLATE_MJML',
    place: { file, line: bodyLine + line - 1, column: 1 },
    message: `${message.replace(/\.$/, '')}.`,
    severity: 'error' as const,
  }));
}

/** Liquid that could be read where the author wrote it, but not where MJML put it. */
function liquidErrors(html: string): { line: number; message: string }[] {
  try {
    parsePiece(html, 'html');
    return [];
  } catch (error) {
    return [{ line: 1, message: `in the HTML made from it, ${(error as Error).message.split(', line:')[0]}` }];
  }
}

interface Parts {
  readonly main: Compiled;
  readonly beside: Compiled | null;
  readonly subject: Piece | null;
}

/** What was rendered, before anything is made countable. */
type Produced = Omit<Rendered, 'hash' | 'locale'>;

/** Throws when the budget ends; the template is then kept on a shorter one. */
function produce(request: RenderRequest, parts: Parts): Produced {
  const { main, beside, subject } = parts;
  const { allowance } = main;
  const work = () => renderParts(request, parts, allowance);
  try {
    const watched = main.grows || beside?.grows === true || subject?.grows === true;
    const produced = watched ? withinBudget(allowance, work) : work();
    main.allowance = FULL_ALLOWANCE;
    return produced;
  } catch (error) {
    restrain(main);
    throw error;
  }
}

function renderParts({ context, locale, zone, currency }: RenderRequest, parts: Parts, allowance: number): Produced {
  const { main, beside } = parts;
  const manner = { locale: safeLocale(locale), zone, currency, now: context.now };
  const rendering = new Rendering({ ...context }, manner, allowance);
  const { headers, actions } = renderHeaders(rendering, parts);
  const html = main.html === null ? null : withPreheader(rendering.render(main.html), headers.preheader);
  const text = tidy(rendering.render(beside?.text ?? main.text));
  return { headers, actions, html, text, faults: [...rendering.faults].sort() };
}

/** Headers that a device opens. */
const LINKS = new Set(['link', 'icon', 'image']);

const wanted = (header: string, subject: Piece | null) =>
  header !== 'category' && !(header === 'subject' && subject !== null);

/** A step's own subject takes the place of the template's. */
function renderHeaders(rendering: Rendering, { main, subject }: Parts): Pick<Produced, 'headers' | 'actions'> {
  const headers: Record<string, string> = {};
  const actions: { label: string; url: string }[] = [];
  const own = subject === null ? [] : [{ name: 'subject', piece: subject }];
  for (const { name, piece } of [...main.headers.filter((header) => wanted(header.name, subject)), ...own]) {
    const value = headerText(rendering.render(piece));
    if (name === 'action') actions.push(actionOf(value));
    else headers[name] = LINKS.has(name) ? safeUrl(value) : value;
  }
  return { headers, actions };
}

function withPreheader(html: string, preheader: string | undefined): string {
  return preheader === undefined || preheader === '' ? html : addPreheader(html, preheader);
}

/** `Label | URL`. */
function actionOf(value: string): { label: string; url: string } {
  const bar = value.lastIndexOf('|');
  return bar === -1
    ? { label: value, url: '' }
    : { label: value.slice(0, bar).trim(), url: safeUrl(value.slice(bar + 1).trim()) };
}

function outgoing({ links = same, pixel, context, template }: RenderRequest, produced: Produced): Rendered {
  const { html, text, actions, headers } = produced;
  const { link } = headers;
  const keep = new Set(Object.values(context.message.url));
  const counted = html === null ? null : rewriteHtml(html, links, keep);
  return {
    ...produced,
    headers: link !== undefined && isWeb(link) ? { ...headers, link: links(link) } : headers,
    actions: actions.map(({ label, url }) => ({ label, url: isWeb(url) ? links(url) : url })),
    html: counted !== null && pixel !== undefined ? addPixel(counted, pixel) : counted,
    text: links === same ? text : rewriteText(text, links, keep),
    hash: hashOf(produced),
    locale: template.locale,
  };
}

const same = (url: string) => url;

function hashOf({ headers, actions, html, text }: Produced): string {
  const hash = createHash('sha256').update(JSON.stringify([headers, actions, html?.length ?? null, text.length]));
  if (html !== null) hash.update(html);
  return hash.update(text).digest('hex');
}

function safeLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0] ?? 'en';
  } catch {
    return 'en';
  }
}
