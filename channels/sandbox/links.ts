// Which links of a kept message a reader could follow. The footer's own links (unsubscribe, preferences, browser) are
// not among them: a click is never an unsubscription (P15).

import type { Json, SandboxMail } from '../../engine/ports/channel.ts';

/** Links in reading order, each once: a notification's own and its buttons', then the HTML's, then the text's. */
function linksOf(mail: SandboxMail): string[] {
  const { headers, actions, html, text, urls } = mail.content;
  const footer = new Set(strings(urls));
  const found = [...pushLinks(headers, actions), ...inHtml(asText(html)), ...inText(asText(text))];
  return [...new Set(found)].filter((url) => !footer.has(url));
}

/** What a reader without a choice would click: the first tracked link (`…/c/token`, `…/s/token`), else the first one there is. */
export function firstLink(mail: SandboxMail): string | null {
  const links = linksOf(mail);
  return links.find((url) => /\/[cs]\/[^/?#]+$/.test(url)) ?? links[0] ?? null;
}

function pushLinks(headers: Json | undefined, actions: Json | undefined): string[] {
  const own = isRecord(headers) ? asText(headers.link) : '';
  const buttons = Array.isArray(actions) ? actions.map((action) => (isRecord(action) ? asText(action.url) : '')) : [];
  return [own, ...buttons].filter((url) => url !== '');
}

function inHtml(html: string): string[] {
  const found = html.matchAll(/<a\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi);
  return [...found].map((match) => decoded(match[1] ?? match[2] ?? '')).filter((url) => /^https?:\/\//i.test(url));
}

function inText(text: string): string[] {
  return (text.match(/https?:\/\/[^\s<>"'`\])}]+/gi) ?? []).map((url) => url.replace(/[.,;:!?]+$/, ''));
}

/** The entities a URL can carry inside an attribute; `&amp;` last, so that nothing is decoded twice. */
function decoded(attribute: string): string {
  const plain = attribute.replace(/&quot;|&#34;/g, '"').replace(/&#39;|&#x27;/gi, "'");
  return plain
    .replace(/&#x3d;|&#61;/gi, '=')
    .replace(/&amp;|&#38;/g, '&')
    .trim();
}

function strings(json: Json | undefined): string[] {
  return isRecord(json) ? Object.values(json).map(asText) : [];
}

function asText(json: Json | undefined): string {
  return typeof json === 'string' ? json : '';
}

function isRecord(json: Json | undefined): json is { [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
