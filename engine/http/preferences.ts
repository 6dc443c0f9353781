// `/u/:token`: the preference centre and RFC 8058's one-click. Reading changes nothing, a POST does, once (P15). It works
// without script, and tells nobody's address: whoever has the link may change what it is about, and learn no more.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { permission } from '../core/consent.ts';
import { normaliseEmail, normalisePhone } from '../core/identity.ts';
import { mint } from '../core/ids.ts';
import type { MessageRow } from '../core/person.ts';
import { addressOf, zoneOf } from '../core/profile.ts';
import type { Category } from '../language/settings.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import type { IncomingEvent } from '../ports/store.ts';
import type { HttpHost } from './host.ts';
import { type Html, html } from './html.ts';
import { brandOf, formOf, type Reader, readerOf, sendCard, sendGone } from './reader.ts';

type Tokened = { Params: { token: string } };
type Channel = MessageRow['channel'];
const ROUTE = { config: { access: 'proven' as const } };
const CHANNELS: readonly Channel[] = ['email', 'sms', 'push'];
const CHECKED = html` checked`;
const PAUSE = 30 * 86_400_000;

export function servePreferences(app: FastifyInstance, host: HttpHost): void {
  app.get<Tokened>('/u/:token', ROUTE, async (request, reply) => {
    const reader = await readerOf(host, 'unsubscribe', request.params.token);
    return reader === null ? sendGone(host, reply) : sendChoices(host, reply, reader);
  });
  app.post<Tokened>('/u/:token', ROUTE, async (request, reply) => {
    const reader = await readerOf(host, 'unsubscribe', request.params.token);
    if (reader === null) return sendGone(host, reply);
    const form = formOf(request);
    const scope = form.get('scope');
    if (scope === 'choices') return await choose(host, request, reply, reader);
    if (scope === 'pause' || scope === 'resume') return await pause(host, reply, reader, scope === 'pause');
    // One-click (`List-Unsubscribe=One-Click`, in any encoding) means the channel.
    const category = scope === 'category' && hasCategory(reader) ? reader.message.category : null;
    await unsubscribe(host, reader, category);
    return sendDone(reply, reader, category);
  });
}

const hasCategory = ({ message, settings }: Reader): boolean =>
  settings.categories[message.category]?.transactional !== true;

function eventAbout({ message }: Reader, id: string, name: string, at: Instant, data: JsonObject): IncomingEvent {
  return { id, source: 'tropa', name, at, received: at, who: [], person: message.person, data };
}

/**
 * Withdraws consent as an event, whose id holds the word it takes back: told again it is the same event, but a yes given
 * since can be taken back by the same old link.
 */
async function unsubscribe(host: HttpHost, reader: Reader, category: string | null): Promise<void> {
  const { message, person } = reader;
  const at = host.now();
  const scope = category === null ? message.channel : `${message.channel}/${category}`;
  const standing = person?.consent[scope];
  if (standing?.granted !== false) {
    const id = mint('event', 'unsubscribe', message.id, scope, standing?.by ?? null);
    const data = { channel: message.channel, ...(category !== null && { category }), source: 'unsubscribe' };
    await host.ingest([eventAbout(reader, id, 'consent.withdrawn', at, data)]);
  }
  await host.receipts([{ message: message.id, kind: 'unsubscribed', at, recorded: true }]);
}

/** One box of the table: a category on a channel, and whether it is allowed now. */
interface Box {
  readonly channel: Channel;
  readonly category: Category;
  readonly allowed: boolean;
}

const scopeOf = ({ channel, category }: Box): string => `${channel}/${category.id}`;

/**
 * What somebody can choose: every category that is not transactional, on every channel they can be reached by. By the link of
 * a message to an address that is not theirs any more, only what it offers to stop: it may have gone to whoever claimed on a
 * page to be them, and nobody says yes for a customer.
 */
function boxesOf({ person, settings, message }: Reader): Box[] {
  if (person === undefined || message.to !== addressOf(person, message.channel, normaliseEmail, normalisePhone))
    return [];
  const channels = CHANNELS.filter(
    (channel) => channel === message.channel || addressOf(person, channel, normaliseEmail, normalisePhone) !== null,
  );
  return Object.values(settings.categories)
    .filter(({ transactional }) => !transactional)
    .flatMap((category) =>
      channels.map((channel) => {
        const { allowed } = permission(person, settings, channel, category);
        return { channel, category, allowed };
      }),
    );
}

/** Takes over the boxes that were shown and differ from what stands; a word for each, with the label it was given by. */
async function choose(
  host: HttpHost,
  request: FastifyRequest,
  reply: FastifyReply,
  reader: Reader,
): Promise<FastifyReply> {
  const form = formOf(request);
  const [shown, ticked] = [new Set(form.getAll('shown')), new Set(form.getAll('box'))];
  const at = host.now();
  const changed = boxesOf(reader).filter((box) => shown.has(scopeOf(box)) && ticked.has(scopeOf(box)) !== box.allowed);
  const events = changed.map((box) => {
    const scope = scopeOf(box);
    const standing = reader.person?.consent[scope] ?? reader.person?.consent[box.channel];
    const name = box.allowed ? 'consent.withdrawn' : 'consent.granted';
    return eventAbout(reader, mint('event', 'choice', reader.message.id, scope, name, standing?.by ?? null), name, at, {
      channel: box.channel,
      category: box.category.id,
      source: 'preferences',
      text: `${box.category.title}: ${reader.words.heads[box.channel]}`,
      ip: request.ip,
      ...confirmationOf(reader, box),
    });
  });
  if (events.length > 0) await host.ingest(events);
  return sendSaid(reply, reader, reader.words.saved);
}

/** The link came to an address, so a choice about its channel is confirmed for that one. */
function confirmationOf({ message }: Reader, { channel }: Box): JsonObject {
  return channel === message.channel && message.to !== null ? { confirmed: true, address: message.to } : {};
}

/** A pause of everything that is not transactional; asked for twice it is the same one. */
async function pause(host: HttpHost, reply: FastifyReply, reader: Reader, begins: boolean): Promise<FastifyReply> {
  const now = host.now();
  const standing = pausedUntil(reader, now);
  if (begins !== (standing !== null)) {
    const until = begins ? now + PAUSE : null;
    const id = mint('event', 'pause', reader.message.id, begins ? 'on' : 'off', reader.person?.pausedUntil ?? null);
    await host.ingest([eventAbout(reader, id, 'tropa.pause', now, { until })]);
  }
  const { words } = reader;
  return sendSaid(reply, reader, begins ? words.paused(dayOf(reader, standing ?? now + PAUSE)) : words.resumed);
}

function pausedUntil({ person }: Reader, now: Instant): Instant | null {
  const until = person?.pausedUntil ?? null;
  return until !== null && until > now ? until : null;
}

function dayOf({ person, settings, lang }: Reader, at: Instant): string {
  const timeZone = person === undefined ? settings.timezone : zoneOf(person, settings);
  return new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone }).format(at);
}

function sendChoices(host: HttpHost, reply: FastifyReply, reader: Reader): FastifyReply {
  const { message, words, settings } = reader;
  const channel = words.channels[message.channel];
  const until = pausedUntil(reader, host.now());
  const stops = hasCategory(reader)
    ? html`<button class="first" name="scope" value="category">${words.category(titleOf(reader, message.category))}</button>
<button name="scope" value="channel">${words.channel(channel)}</button>`
    : html`<button class="first" name="scope" value="channel">${words.channel(channel)}</button>`;
  const rest =
    until === null
      ? html`<button name="scope" value="pause">${words.pause}</button>
<p class="quiet">${words.pauseNote}</p>`
      : html`<p>${words.paused(dayOf(reader, until))}</p>
<button name="scope" value="resume">${words.resume}</button>`;
  const body = html`<p>${words.ask(channel, brandOf(settings))}</p>
<form method="post">
${stops}
</form>
<p class="quiet">${words.note}</p>
${tableOf(reader)}
<form method="post">
${rest}
</form>`;
  return sendCard(reply, reader, words.title, body);
}

const titleOf = ({ settings }: Reader, category: string): string => settings.categories[category]?.title ?? category;

function tableOf(reader: Reader): Html | null {
  const { words, settings } = reader;
  const boxes = boxesOf(reader);
  if (boxes.length === 0) return null;
  const channels = CHANNELS.filter((channel) => boxes.some((box) => box.channel === channel));
  const categories = [...new Set(boxes.map(({ category }) => category))];
  const always = Object.values(settings.categories).filter(({ transactional }) => transactional);
  const cell = (box: Box): Html =>
    html`<td><label><span class="hidden">${box.category.title}, ${words.heads[box.channel]}</span><input type="checkbox" name="box" value="${scopeOf(box)}"${box.allowed ? CHECKED : null}></label><input type="hidden" name="shown" value="${scopeOf(box)}"></td>`;
  return html`<h2>${words.choose}</h2>
<form method="post">
<table>
<thead><tr><th scope="col">${words.about}</th>${channels.map((channel) => html`<th scope="col">${words.heads[channel]}</th>`)}</tr></thead>
<tbody>
${categories.map((category) => html`<tr><th scope="row">${category.title}</th>${boxes.filter((box) => box.category === category).map(cell)}</tr>`)}
</tbody>
</table>
${always.map(({ title }) => html`<p class="quiet">${title}: ${words.always}</p>`)}
<button class="first" name="scope" value="choices">${words.save}</button>
</form>`;
}

function sendDone(reply: FastifyReply, reader: Reader, category: string | null): FastifyReply {
  const { message, words, settings } = reader;
  const brand = brandOf(settings);
  return sendSaid(
    reply,
    reader,
    category === null
      ? words.doneChannel(words.channels[message.channel], brand)
      : words.doneCategory(titleOf(reader, category), brand),
  );
}

/** The way back is the page itself. */
function sendSaid(reply: FastifyReply, reader: Reader, said: string): FastifyReply {
  return sendCard(
    reply,
    reader,
    reader.words.done,
    html`<p>${said}</p>
<p><a href="">${reader.words.back}</a></p>`,
  );
}
