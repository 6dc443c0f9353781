// What a person wrote in answer, without what they answered to.

import { everyPart, type Part } from '../bounces/mime.ts';

const MOST = 10_000;
/** How mail programs begin what is quoted, in a few languages. */
const QUOTED = [
  /^\s*>/,
  /^\s*(?:on|am|le|el|il|em|op|den|dne)\b.{5,200}(?:wrote|schrieb|écrit|escribió|ha scritto|escreveu|schreef|skrev|napsal).{0,3}:?\s*$/i,
  /^\s*.{5,200}(?:написал|пишет|писал)(?:\(а\)|а)?\s*:?\s*$/i,
  /^\s*\d{4}-\d\d-\d\d.{5,200}:\s*$/,
  /^-{2,}\s*(?:original message|forwarded|исходное сообщение|пересылаемое|ursprüngliche nachricht|message d'origine|mensaje original)/i,
  /^_{10,}\s*$/,
  /^(?:from|от|von|de|da):\s.{3,200}$/i,
];
const SIGNATURE = /^-- ?$/;

/** The person's own words. */
export function replyText(mail: Part): string {
  const texts = [...everyPart(mail)].filter(({ type, parts }) => parts.length === 0 && type.startsWith('text/'));
  const plain = texts.find(({ type }) => type === 'text/plain');
  const text = plain?.text ?? stripped(texts[0]?.text ?? '');
  const own: string[] = [];
  for (const line of text.slice(0, MOST * 4).split('\n')) {
    if (SIGNATURE.test(line) || QUOTED.some((pattern) => pattern.test(line))) break;
    own.push(line);
  }
  return own.join('\n').trim().slice(0, MOST);
}

function stripped(html: string): string {
  return html
    .replace(/<(?:blockquote|style|script)\b[\s\S]{0,40000}$/i, ' ')
    .replace(/<(?:br|p|div|tr)\b[^>]{0,300}>/gi, '\n')
    .replace(/<[^>]{0,1000}>/g, ' ');
}
