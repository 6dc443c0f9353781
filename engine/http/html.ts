// Pages written by the server: text is escaped wherever it is put, and no script ever runs (P27).

import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** Markup, as opposed to text that only looks like it. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Part = Html | string | number | null | readonly Part[];

/** Markup with values put in as text; only what is already `Html` stays markup. Null is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(
    strings.reduce((out, text, n) => out + text + (n < values.length ? write(values[n] ?? null) : ''), ''),
  );
}

function write(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.markup;
  return typeof part === 'string' || typeof part === 'number' ? escapeText(String(part)) : part.map(write).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for element content and quoted attributes. */
function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

export interface Page {
  readonly title: string;
  readonly lang: string;
  readonly style: string;
  readonly body: Html;
  readonly head?: Html;
  readonly status?: number;
  /** The page frames a message, whose styles and pictures come under the same policy. Default false. */
  readonly framesMessage?: boolean;
}

/** Sends a page under a policy that runs nothing, loads nothing foreign and cannot be framed. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  const hash = createHash('sha256').update(page.style).digest('base64');
  const loads = page.framesMessage === true ? `style-src 'unsafe-inline'; ${PICTURES}` : `style-src 'sha256-${hash}'`;
  const document = html`<!doctype html>
<html lang="${page.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${page.title}</title>
<link rel="icon" href="data:,">
${page.head ?? null}<style>${new Html(page.style)}</style>
</head>
<body>
${page.body}
</body>
</html>
`;
  return reply
    .code(page.status ?? 200)
    .header(
      'content-security-policy',
      `default-src 'none'; ${loads}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    )
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(document.markup);
}

/** What a message may load: pictures and fonts, as in any mail reader. */
export const PICTURES = 'img-src http: https: data:; font-src http: https: data:';
