// What the sandbox's inbox looks like: the list and one message. Everything a customer or template wrote is put in as
// text; a mail's HTML is shown in a frame that runs nothing (P27).

import type { MessageRow, MessageStatus } from '../core/person.ts';
import type { Settings } from '../language/settings.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import type { SandboxMail } from '../ports/store.ts';
import { type Html, html, type Part } from './html.ts';

export { inboxStyle } from './inbox-style.ts';

/** A kept message and its line of the ledger, when there is one. */
export interface Listed {
  readonly mail: SandboxMail;
  readonly row: MessageRow | null;
}

export interface ListView {
  readonly listed: readonly Listed[];
  readonly more: boolean;
  readonly first: boolean;
  readonly now: Instant;
  readonly settings: Settings;
}

const CHANNELS: Readonly<Record<string, string>> = { email: 'Email', sms: 'SMS', push: 'Push' };
/** A picture of nothing, in place of the open pixel: reading here is not yet opening. */
export const NOTHING = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
const TIMED: readonly (MessageStatus | 'machine_opened')[] = [
  'sent',
  'delivered',
  'machine_opened',
  'opened',
  'clicked',
  'replied',
  'bounced',
  'failed',
  'unknown',
];

/** The list, newest first. The first page looks again by itself: a new message appears without being asked for. */
export function listPage(view: ListView): { body: Html; head: Html } {
  const { listed, settings } = view;
  const last = listed.at(-1);
  const body = html`${header(html`<h1>Inbox</h1>
<p class="quiet">What people of ${settings.brand.name} would have received. Nothing here left this machine.</p>`)}
<main>
${listed.length === 0 ? empty(view.first) : html`<ul class="list">${listed.map((item) => line(item, view))}</ul>`}
<nav class="pages">${view.first ? null : html`<a href="/inbox">Newest</a>`}${
    view.more && last !== undefined ? html`<a href="/inbox?before=${encodeURIComponent(last.mail.id)}">Older</a>` : null
  }</nav>
</main>`;
  return { body, head: view.first ? html`<meta http-equiv="refresh" content="5">\n` : html`` };
}

function header(content: Html): Html {
  return html`<header><p class="mark"><a href="/inbox"><b>Tropa</b> sandbox</a></p>${content}</header>`;
}

function empty(first: boolean): Html {
  if (!first) return html`<p class="empty">There is nothing older.</p>`;
  return html`<div class="empty"><p><b>No messages yet.</b></p>
<p>Send the event that the server printed when it started. Its message appears here; this page looks every five seconds.</p></div>`;
}

function line({ mail, row }: Listed, view: ListView): Html {
  return html`<li><a class="line" href="/inbox/${encodeURIComponent(mail.id)}">
${badge(mail.channel)}
<span class="what"><b>${titleOf(mail)}</b><span class="quiet">${excerptOf(mail)}</span></span>
<span class="to">${mail.to}</span>
${chip(row)}
<time datetime="${isoOf(mail.at)}">${shortTime(mail.at, view.now, view.settings.timezone)}</time>
</a></li>
`;
}

const badge = (channel: string): Html =>
  html`<span class="badge ${channelClass(channel)}">${CHANNELS[channel] ?? channel}</span>`;
const channelClass = (channel: string): string => (Object.hasOwn(CHANNELS, channel) ? channel : 'other');

function chip(row: MessageRow | null): Html {
  if (row === null) return html`<span class="chip">kept</span>`;
  return html`<span class="chip ${row.status}">${row.status.replace('_', ' ')}</span>`;
}

export interface MessageView {
  readonly listed: Listed;
  readonly notice: string | null;
  /** Address of the message's open pixel. */
  readonly pixel: string;
  readonly settings: Settings;
  /** The sandbox's buttons work. */
  readonly acts: boolean;
}

/** One message: whom it reached, what can be done with it, how it looks. */
export function messagePage({ listed, notice, pixel, settings, acts }: MessageView): Html {
  const { mail, row } = listed;
  const markup = mail.content.html;
  const text = textOf(mail.content.text);
  return html`${header(html`<p class="back"><a href="/inbox">← All messages</a></p>
<h1>${headingOf(mail)}</h1>
<p class="meta">${badge(mail.channel)} ${chip(row)} <span>to <b>${mail.to}</b></span> <time class="quiet" datetime="${isoOf(mail.at)}">${longTime(mail.at, settings.timezone)}</time></p>`)}
<main>
${notice === null ? null : html`<p class="notice" role="alert">${notice}</p>`}
${acts ? buttons(mail) : null}
<div class="message">
${typeof markup === 'string' && markup !== '' ? frame(markup, pixel) : bubble(mail, text)}
<aside>
${table('Headers', headersOf(mail))}
${
  row === null
    ? null
    : table('Journey', [
        ['journey', row.journey],
        ['step', row.step],
        ['template', row.template],
        ['category', row.category],
      ])
}
${row === null ? null : table('Signals', signalsOf(row, settings.timezone))}
${row?.reason ? table('Reason', [['', row.reason]]) : null}
</aside>
</div>
${typeof markup === 'string' && markup !== '' && text !== '' ? html`<details><summary>Text part</summary><pre>${text}</pre></details>` : null}
</main>`;
}

/** Buttons are forms: the page works without script, and each proves that it came from here. */
function buttons(mail: SandboxMail): Html {
  const act = `/inbox/${encodeURIComponent(mail.id)}`;
  const one = (action: string, label: string): Html =>
    html`<form method="post" action="${act}"><input type="hidden" name="action" value="${action}"><button>${label}</button></form>`;
  return html`<section class="acts" aria-label="Act as the recipient">
${one('open', 'Open')}${one('click', 'Click')}${one('bounce', 'Bounce')}${one('unsubscribe', 'Unsubscribe')}
<form method="post" action="${act}" class="reply"><input type="hidden" name="action" value="reply"><input name="value" aria-label="Answer" placeholder="An answer" maxlength="2000" autocomplete="off"><button>Reply</button></form>
</section>`;
}

/**
 * The mail as its reader's program would show it. `sandbox` without `allow-scripts` runs nothing; links open in a tab
 * of their own and are counted as clicks.
 */
function frame(markup: string, pixel: string): Html {
  const quiet = markup.replaceAll(pixel, NOTHING);
  const opened = /<head[^>]*>/i.test(quiet)
    ? quiet.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`)
    : `<base target="_blank">${quiet}`;
  return html`<iframe title="The message" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" srcdoc="${opened}"></iframe>`;
}

/** A text message or notification, as a phone shows it. */
function bubble(mail: SandboxMail, text: string): Html {
  const { title, link } = headerMap(mail);
  const actions = Array.isArray(mail.content.actions) ? mail.content.actions : [];
  const places = [link ?? '', ...actions.map((action) => textOf((action as JsonObject | null)?.url ?? null))];
  return html`<div class="phone ${channelClass(mail.channel)}"><div class="bubble">${title === undefined ? null : html`<b>${title}</b>`}<p>${linked(text)}</p></div>
${places.filter((url) => /^https?:\/\//i.test(url)).map((url) => html`<p class="link"><a href="${url}" target="_blank" rel="noreferrer">${url}</a></p>`)}</div>`;
}

/** Text whose web addresses can be followed, as a phone offers it. */
function linked(text: string): readonly Part[] {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, n) => (n % 2 === 0 ? part : html`<a href="${part}" target="_blank" rel="noreferrer">${part}</a>`));
}

function table(title: string, rows: readonly (readonly [string, string])[]): Html | null {
  if (rows.length === 0) return null;
  return html`<h2>${title}</h2><dl>${rows.map(([name, value]) => html`<div>${name === '' ? null : html`<dt>${name}</dt>`}<dd>${value}</dd></div>`)}</dl>`;
}

function signalsOf(row: MessageRow, zone: string): [string, string][] {
  return TIMED.flatMap((status): [string, string][] => {
    const at = row.times[status];
    return at === undefined ? [] : [[status.replace('_', ' '), longTime(at, zone)]];
  });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function headerMap(mail: SandboxMail): Record<string, string | undefined> {
  return Object.fromEntries(headersOf(mail));
}

export function headersOf(mail: SandboxMail): [string, string][] {
  const { headers } = mail.content;
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return [];
  return Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}

/** The subject or title a message was written with, or nothing. */
export function titleIn(mail: SandboxMail): string {
  const { subject, title } = headerMap(mail);
  return subject || title || '';
}

function titleOf(mail: SandboxMail): string {
  return titleIn(mail) || textOf(mail.content.text).trim().split('\n')[0] || 'Without a subject';
}

/** A text message has no subject; its text stands below in full. */
function headingOf(mail: SandboxMail): string {
  const { subject, title } = headerMap(mail);
  return subject || title || (mail.channel === 'sms' ? 'Text message' : 'Without a subject');
}

export function excerptOf(mail: SandboxMail): string {
  const { subject, title, preheader } = headerMap(mail);
  const text = textOf(mail.content.text).replace(/\s+/g, ' ').trim();
  const said = preheader || (subject || title ? text : '');
  return said.length > 160 ? `${said.slice(0, 160)}…` : said;
}

const isoOf = (at: Instant): string => new Date(at).toISOString();

function longTime(at: Instant, zone: string): string {
  return formatter(zone, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** The time of day for today, else the date. */
function shortTime(at: Instant, now: Instant, zone: string): string {
  const day = formatter(zone, { dateStyle: 'medium' });
  return day.format(at) === day.format(now) ? formatter(zone, { timeStyle: 'medium' }).format(at) : day.format(at);
}

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  }
}
