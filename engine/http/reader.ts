// Whoever follows a link of a message to a page of ours: which message, who they are as of now, and the page around what
// they are asked.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { learn } from '../core/learn.ts';
import type { MessageRow, Person } from '../core/person.ts';
import type { Settings } from '../language/settings.ts';
import type { Loaded } from '../ports/store.ts';
import type { LinkKind } from '../runtime/links.ts';
import type { HttpHost } from './host.ts';
import { type Html, html, sendPage } from './html.ts';
import { type Words, wordsOf } from './reader-words.ts';

export interface Reader {
  readonly message: MessageRow;
  /** With what they have said and the engine has not read yet; undefined for somebody who was erased. */
  readonly person: Person | undefined;
  readonly lang: string;
  readonly words: Words;
  readonly settings: Settings;
}

/** The reader behind a link, or null where we did not sign it or the message is gone. */
export async function readerOf(host: HttpHost, kind: LinkKind, token: string): Promise<Reader | null> {
  const target = host.links.read(kind, token);
  const message = target === null ? null : await host.store.message(target.message);
  if (message === null) return null;
  const [loaded] = await host.store.load([message.person]);
  const person = loaded === undefined ? undefined : asOfNow(loaded);
  const settings = host.settings();
  return { message, person, settings, ...wordsOf(localeOf(person, settings)) };
}

/** What they chose a moment ago is shown to them, though the engine has not come to it yet. */
function asOfNow({ person, events }: Loaded): Person {
  const now = structuredClone(person);
  for (const event of [...events].sort((a, b) => a.at - b.at)) {
    if (event.done) continue;
    learn(now, event);
    if (event.name === 'tropa.pause') now.pausedUntil = typeof event.data.until === 'number' ? event.data.until : null;
  }
  return now;
}

function localeOf(person: Person | undefined, settings: Settings): string {
  const own = person?.traits.locale?.value;
  return typeof own === 'string' && own !== '' ? own : settings.locale;
}

/** The fields of a form; none for any other body. */
export function formOf(request: FastifyRequest): URLSearchParams {
  const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : '';
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return new URLSearchParams(isForm ? body : '');
}

export const brandOf = (settings: Settings): string => settings.brand.name;

/** The answer to a link that leads nowhere. */
export function sendGone(host: HttpHost, reply: FastifyReply): FastifyReply {
  const settings = host.settings();
  const { lang, words } = wordsOf(settings.locale);
  return sendCard(reply, { settings, lang }, words.gone, html`<p>${words.goneNote}</p>`, 404);
}

/** A page of the brand's with one thing on it. */
export function sendCard(
  reply: FastifyReply,
  { settings, lang }: Pick<Reader, 'settings' | 'lang'>,
  title: string,
  body: Html,
  status = 200,
): FastifyReply {
  const brand = brandOf(settings);
  const card = html`<main>
<p class="brand">${brand}</p>
<h1>${title}</h1>
${body}
</main>`;
  return sendPage(reply, {
    title: `${title} · ${brand}`,
    lang,
    style: styleOf(settings.brand.color),
    body: card,
    status,
  });
}

/** The brand's own colour is a setting, and a setting is not trusted to be a colour. */
function styleOf(color: string): string {
  const brand = /^#[0-9a-f]{3,8}$/i.test(color) ? color : '#3b5bdb';
  return `:root{color-scheme:light dark;--brand:${brand};--page:#f4f5f7;--card:#fff;--ink:#1a1d21;--quiet:#5c6570;--line:#d9dde2}
@media (prefers-color-scheme:dark){:root{--page:#111316;--card:#1b1e22;--ink:#eceef0;--quiet:#9aa3ad;--line:#343a41}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--page);color:var(--ink);font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:520px;padding:40px;background:var(--card);border:1px solid var(--line);border-top:4px solid var(--brand);border-radius:12px}
.brand{margin:0 0 4px;color:var(--quiet);font-size:14px;letter-spacing:.02em}
h1{margin:0 0 16px;font-size:26px;line-height:1.25;overflow-wrap:anywhere}
h2{margin:32px 0 12px;font-size:18px;line-height:1.3}
p{overflow-wrap:anywhere}
form{display:grid;gap:12px;margin:20px 0}
button{padding:13px 18px;border:1px solid var(--line);border-radius:8px;background:transparent;color:inherit;font:inherit;text-align:left;cursor:pointer}
button.first{border-color:var(--ink);font-weight:600}
button:hover{border-color:var(--brand)}
button:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
table{width:100%;border-collapse:collapse}
th,td{padding:10px 6px;border-bottom:1px solid var(--line);text-align:center;font-weight:400}
th:first-child{text-align:left;overflow-wrap:anywhere}
thead th{color:var(--quiet);font-size:14px}
td label{display:block;padding:6px;cursor:pointer}
td input{width:20px;height:20px;margin:0;accent-color:var(--brand)}
a{color:inherit}
.quiet{margin:0;color:var(--quiet);font-size:14px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px){main{padding:28px 22px}}`;
}
