// What a template file is: its name, its headers, its body. Reading and checking only; rendering lives in `runtime/render`.

import type { Fault } from './errors.ts';
import { didYouMean } from './suggest.ts';
import { liquidFaults, liquidVariables } from './template-liquid.ts';

export type Channel = 'email' | 'sms' | 'push';

export interface Template {
  readonly journey: string;
  /** `reminder` of `reminder.ru.email.mjml`. */
  readonly name: string;
  /** `ru`, `pt-BR`; null for the one without a locale. */
  readonly locale: string | null;
  readonly channel: Channel;
  /** `mjml`, `html`, `txt`. An email's `txt` beside an `mjml`/`html` of the same name and locale is its text part. */
  readonly format: 'mjml' | 'html' | 'txt';
  /** Lower-cased header names in file order; a header may repeat (`action`), values keep their Liquid. */
  readonly headers: readonly { readonly name: string; readonly value: string; readonly line: number }[];
  /** Text below the `---` line, or the whole file without one. */
  readonly body: string;
  /** Line of the file on which `body` begins, from 1. */
  readonly bodyLine: number;
  readonly file: string;
}

export interface TemplateName {
  readonly journey: string;
  readonly name: string;
  readonly locale: string | null;
  readonly channel: Channel;
  readonly format: Template['format'];
}

const HEADERS: Readonly<Record<Channel, readonly string[]>> = {
  email: ['subject', 'preheader', 'from', 'reply_to', 'category'],
  push: ['title', 'link', 'icon', 'image', 'action', 'category'],
  sms: ['category'],
};
const MOST_ACTIONS = 2;
/** Larger than any mail that arrives: Gmail cuts at 102 KB. */
const MOST_LENGTH = 200_000;

/** Reads `<journey>/<name>[.<locale>].<channel>.<ext>`; null for a path that names no template. */
export function parseTemplatePath(path: string): TemplateName | null {
  const match =
    /^(?:.*\/)?([a-z0-9-]+)\/([A-Za-z0-9_-]+)(?:\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*))?\.(email|sms|push)\.(mjml|html|txt)$/.exec(
      path,
    );
  if (match === null) return null;
  const [, journey = '', name = '', locale, channel, format] = match;
  if (channel !== 'email' && format !== 'txt') return null;
  return { journey, name, locale: locale ?? null, channel: channel as Channel, format: format as Template['format'] };
}

/** Reads a template file. Faults name lines of the file; with an error there is no template. */
export function readTemplate(path: string, text: string): { template?: Template; faults: Fault[] } {
  const name = parseTemplatePath(path);
  const at = (line: number, column = 1) => ({ file: path, line, column });
  if (name === null) {
    return {
      faults: [
        {
          code: 'E_TEMPLATE_NAME',
          place: at(1),
          message: 'a template is named <name>[.<locale>].email.mjml (or .html, .txt), .sms.txt or .push.txt.',
          severity: 'error',
        },
      ],
    };
  }
  if (text.length > MOST_LENGTH) {
    return {
      faults: [
        {
          code: 'E_TEMPLATE_SIZE',
          place: at(1),
          message: `a template has ${MOST_LENGTH} characters at most; this one has ${text.length}. Gmail cuts mails at 102 KB.`,
          severity: 'error',
        },
      ],
    };
  }
  const { headers, body, bodyLine, faults } = splitHeaders(text, name.channel, path);
  const template: Template = {
    ...name,
    headers: headers.map(({ name: header, value, line }) => ({ name: header, value, line })),
    body,
    bodyLine,
    file: path,
  };
  faults.push(
    ...liquidFaults(body, bodyLine, path),
    ...headers.flatMap(({ value, line, column }) => liquidFaults(value, line, path, column)),
  );
  if (name.channel === 'email' && name.format !== 'txt' && !headers.some((header) => header.name === 'subject')) {
    faults.push({
      code: 'W_NO_SUBJECT',
      place: at(1),
      message: 'this mail has no subject. Write `subject: …` above a line `---`, or give the step a `subject`.',
      severity: 'warning',
    });
  }
  return faults.some((fault) => fault.severity === 'error') ? { faults } : { template, faults };
}

/** A header and the column on which its value begins. */
type HeaderLine = Template['headers'][number] & { readonly column: number };

function splitHeaders(
  text: string,
  channel: Channel,
  file: string,
): Pick<Template, 'body' | 'bodyLine'> & { headers: HeaderLine[]; faults: Fault[] } {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .split('\n');
  const end = lines.findIndex((line) => line.trimEnd() === '---');
  if (end === -1) return { headers: [], body: lines.join('\n'), bodyLine: 1, faults: [] };
  const headers: HeaderLine[] = [];
  const faults: Fault[] = [];
  lines.slice(0, end).forEach((line, n) => {
    if (line.trim() === '') return;
    const read = readHeader(line, n + 1, channel, headers);
    if (typeof read !== 'string') headers.push(read);
    else
      faults.push({
        code: 'E_TEMPLATE_HEADER',
        place: { file, line: n + 1, column: 1 },
        message: read,
        severity: 'error',
      });
  });
  return { headers, body: lines.slice(end + 1).join('\n'), bodyLine: end + 2, faults };
}

/** A header line, or what is wrong with it. */
function readHeader(text: string, line: number, channel: Channel, before: readonly HeaderLine[]): HeaderLine | string {
  const [, typed = '', gap = '', value = ''] = /^([A-Za-z_-]+):([ \t]*)(.*)$/.exec(text) ?? [];
  if (typed === '') return `a header is written \`name: text\`; this line is "${text.slice(0, 60)}".`;
  const name = typed.toLowerCase().replaceAll('-', '_');
  const known = HEADERS[channel];
  if (!known.includes(name))
    return `a template for ${channel} has no header "${typed}".${didYouMean(name, known) || ` It may have: ${known.join(', ')}.`}`;
  const most = name === 'action' ? MOST_ACTIONS : 1;
  if (before.filter((header) => header.name === name).length >= most) return `"${name}" stands here once too often.`;
  return { name, value: value.trimEnd(), line, column: typed.length + gap.length + 2 };
}

/** Dotted paths a template reads, for the checker: `trigger.items`, `vars.code`. */
export function templateVariables(template: Template): string[] {
  return [
    ...new Set([template.body, ...template.headers.map((header) => header.value)].flatMap(liquidVariables)),
  ].sort();
}

/** Of templates that differ in locale alone: the exact locale, else its language, else the one without. */
export function chooseTemplate(templates: readonly Template[], locale: string): Template | undefined {
  const wanted = locale.toLowerCase().replaceAll('_', '-');
  const language = wanted.split('-')[0];
  const named = (name: string | undefined) => templates.find((template) => template.locale?.toLowerCase() === name);
  return named(wanted) ?? named(language) ?? templates.find((template) => template.locale === null);
}
