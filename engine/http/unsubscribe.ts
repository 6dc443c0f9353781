// `/u/:token`: the preference page and RFC 8058's one-click. Reading changes nothing, a POST does, once (P15).

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mint } from '../core/ids.ts';
import type { MessageRow, Person } from '../core/person.ts';
import type { Settings } from '../language/settings.ts';
import type { JsonObject } from '../language/values.ts';
import type { Loaded } from '../ports/store.ts';
import type { HttpHost } from './host.ts';
import { type Html, html, sendPage } from './html.ts';
import { type Words, wordsOf } from './unsubscribe-words.ts';

type Tokened = { Params: { token: string } };
const ROUTE = { config: { access: 'proven' as const } };

/** The reader behind a link. */
interface Reader {
  readonly message: MessageRow;
  readonly loaded: Loaded | undefined;
  readonly lang: string;
  readonly words: Words;
  readonly settings: Settings;
}

export function serveUnsubscribe(app: FastifyInstance, host: HttpHost): void {
  app.get<Tokened>('/u/:token', ROUTE, async (request, reply) => {
    const reader = await readerOf(host, request.params.token);
    return reader === null ? sendGone(host, reply) : sendForm(reply, reader);
  });
  app.post<Tokened>('/u/:token', ROUTE, async (request, reply) => {
    const reader = await readerOf(host, request.params.token);
    if (reader === null) return sendGone(host, reply);
    const category = wantsCategoryOnly(request) && hasCategory(reader) ? reader.message.category : null;
    await withdraw(host, reader, category);
    return sendDone(reply, reader, category);
  });
}

async function readerOf(host: HttpHost, token: string): Promise<Reader | null> {
  const target = host.links.read('unsubscribe', token);
  const message = target === null ? null : await host.store.message(target.message);
  if (message === null) return null;
  const [loaded] = await host.store.load([message.person]);
  const settings = host.settings();
  return { message, loaded, settings, ...wordsOf(localeOf(loaded?.person, settings)) };
}

function localeOf(person: Person | undefined, settings: Settings): string {
  const own = person?.traits.locale?.value;
  return typeof own === 'string' && own !== '' ? own : settings.locale;
}

/** The page's own form says `scope=category`; one-click (`List-Unsubscribe=One-Click`, in any encoding) means the channel. */
function wantsCategoryOnly(request: FastifyRequest): boolean {
  const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : '';
  const form = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return form && new URLSearchParams(body).get('scope') === 'category';
}

const hasCategory = ({ message, settings }: Reader): boolean =>
  settings.categories[message.category]?.transactional !== true;

/**
 * Withdraws consent as an event, whose id holds the word it takes back: told again it is the same event, but a yes given
 * since can be taken back by the same old link.
 */
async function withdraw(host: HttpHost, { message, loaded }: Reader, category: string | null): Promise<void> {
  const at = host.now();
  const scope = category === null ? message.channel : `${message.channel}/${category}`;
  const standing = loaded?.person.consent[scope];
  const settled = standing?.granted === false && loaded?.events.length === 0 && !loaded.more;
  if (!settled) {
    const data: JsonObject = {
      channel: message.channel,
      ...(category === null ? {} : { category }),
      source: 'unsubscribe',
    };
    const id = mint('event', 'unsubscribe', message.id, scope, standing?.by ?? null);
    await host.ingest([
      { id, source: 'unsubscribe', name: 'consent.withdrawn', at, received: at, who: [], person: message.person, data },
    ]);
  }
  await host.receipts([{ message: message.id, kind: 'unsubscribed', at, recorded: true }]);
}

function sendForm(reply: FastifyReply, reader: Reader): FastifyReply {
  const { message, words, settings } = reader;
  const channel = words.channels[message.channel];
  const category = settings.categories[message.category]?.title ?? message.category;
  const choice = hasCategory(reader)
    ? html`<button class="first" name="scope" value="category">${words.category(category)}</button>
<button name="scope" value="channel">${words.channel(channel)}</button>`
    : html`<button class="first" name="scope" value="channel">${words.channel(channel)}</button>`;
  const body = html`<p>${words.ask(channel, brandOf(settings))}</p>
<form method="post">
${choice}
</form>
<p class="quiet">${words.note}</p>`;
  return sendCard(reply, settings, reader.lang, words.title, body);
}

function sendDone(reply: FastifyReply, reader: Reader, category: string | null): FastifyReply {
  const { message, words, settings } = reader;
  const brand = brandOf(settings);
  const said =
    category === null
      ? words.doneChannel(words.channels[message.channel], brand)
      : words.doneCategory(settings.categories[category]?.title ?? category, brand);
  return sendCard(reply, settings, reader.lang, words.done, html`<p>${said}</p>`);
}

function sendGone(host: HttpHost, reply: FastifyReply): FastifyReply {
  const settings = host.settings();
  const { lang, words } = wordsOf(settings.locale);
  return sendCard(reply, settings, lang, words.gone, html`<p>${words.goneNote}</p>`, 404);
}

const brandOf = (settings: Settings): string => settings.brand.name;

function sendCard(
  reply: FastifyReply,
  settings: Settings,
  lang: string,
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
main{width:100%;max-width:480px;padding:40px;background:var(--card);border:1px solid var(--line);border-top:4px solid var(--brand);border-radius:12px}
.brand{margin:0 0 4px;color:var(--quiet);font-size:14px;letter-spacing:.02em}
h1{margin:0 0 16px;font-size:26px;line-height:1.25;overflow-wrap:anywhere}
p{overflow-wrap:anywhere}
form{display:grid;gap:12px;margin:24px 0}
button{padding:13px 18px;border:1px solid var(--line);border-radius:8px;background:transparent;color:inherit;font:inherit;text-align:left;cursor:pointer}
button.first{border-color:var(--ink);font-weight:600}
button:hover{border-color:var(--brand)}
button:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
.quiet{margin:0;color:var(--quiet);font-size:14px}
@media (max-width:480px){main{padding:28px 22px}}`;
}
