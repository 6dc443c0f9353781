// RFC 3464: the machine-readable part of a returned mail, a block about the mail and one about each recipient.

import { everyPart, header, type Part, readHeaders } from './mime.ts';

/** One recipient's block. */
export interface RecipientReport {
  readonly recipient: string;
  /** failed, delayed, delivered, relayed, expanded; lower-case. */
  readonly action: string;
  readonly status: string;
  readonly diagnosis: string;
}

/** Every recipient's block of every delivery-status part. */
export function statusReports(mail: Part): RecipientReport[] {
  const reports = [...everyPart(mail)].filter(isStatus).flatMap((part) => blocksOf(part));
  if (reports.length > 0) return reports;
  // The mail's own structure may be broken, and the report still be there.
  return [...everyPart(mail)].filter(({ text }) => /^Final-Recipient:/im.test(text)).flatMap((part) => blocksOf(part));
}

const isStatus = ({ type }: Part): boolean =>
  type === 'message/delivery-status' || type === 'message/global-delivery-status';

function blocksOf(part: Part): RecipientReport[] {
  const text = part.parts.length > 0 ? part.parts.map((inner) => inner.text).join('\n\n') : part.text;
  return text
    .split(/\n[ \t]*\n/)
    .map((block) => readHeaders(block.replace(/^\n+/, '')))
    .flatMap((fields): RecipientReport[] => {
      const first = (name: string) => fields.get(name)?.[0] ?? '';
      const named = first('original-recipient') || first('x-actual-recipient');
      const final = first('final-recipient') || named;
      if (final === '' && first('action') === '') return [];
      return [
        {
          recipient: addressIn(final) || addressIn(named),
          action: first('action').toLowerCase().trim(),
          status: /[245]\.\d{1,3}\.\d{1,3}/.exec(first('status'))?.[0] ?? '',
          diagnosis: (fields.get('diagnostic-code') ?? []).join(' ').replace(/^\s*[\w-]+\s*;\s*/, ''),
        },
      ];
    });
}

/** `rfc822; anna@example.com`, `<anna@example.com>`, `Anna <anna@example.com>` → the address. */
export function addressIn(text: string): string {
  return (
    /[^\s<>;:"'()[\],]{1,64}@[^\s<>;:"'()[\],]{1,255}/
      .exec(text.replace(/^\s*[\w-]+\s*;/, ''))?.[0]
      ?.replace(/\.+$/, '') ?? ''
  );
}

/** RFC 5965: who complained, or null where this is no feedback report. */
export function complainants(mail: Part): string[] | null {
  const part = [...everyPart(mail)].find(({ type }) => type === 'message/feedback-report');
  if (part === undefined) return null;
  const fields = readHeaders(part.text);
  const told = [...(fields.get('original-rcpt-to') ?? []), ...(fields.get('removal-recipient') ?? [])];
  const found = [...new Set(told.map(addressIn).filter((address) => address !== ''))];
  return found.length > 0 ? found : returnedTo(mail);
}

/** Whom the returned mail was addressed to, by its own headers. */
export function returnedTo(mail: Part): string[] {
  for (const name of ['to', 'x-original-to', 'delivered-to', 'envelope-to'])
    for (const headers of returnedHeaders(mail)) {
      const address = addressIn(headers.get(name)?.[0] ?? '');
      if (address !== '') return [address];
    }
  return [];
}

/** The headers of what was returned: a part of its own, or what stands behind the explanation. */
export function returnedHeaders(mail: Part): ReadonlyMap<string, readonly string[]>[] {
  const parts = [...everyPart(mail)].filter(({ type }) =>
    /^(?:message\/(?:rfc822|global)|text\/rfc822-headers)/.test(type),
  );
  const behind = behindExplanation(explanation(mail).whole);
  return [...parts.map(({ text }) => readHeaders(text)), ...(behind === '' ? [] : [readHeaders(behind)])];
}

const RETURNED =
  /^[ \t]*(?:-{2,}[ \t]*(?:below this line|this is a copy|original message|the original|returned|unsent|start of|undelivered|header|message header|the header|copy of|rfc 822|begin|included|forwarded|transcript of the original|----).*|-{3,}.{0,40}(?:original|returned|undelivered|unsent).*|(?:original message|the original message|message headers?|your (?:original )?message|included is a copy|=+ ?original).{0,80}(?:follows?|below|attached|headers?)?[:.]?)$/im;

/** What is said to people, and all of the text. */
export function explanation(mail: Part): { readonly said: string; readonly whole: string } {
  const texts = [...everyPart(mail)].filter(
    ({ type, parts }) => parts.length === 0 && /^text\/(?:plain|html)/.test(type),
  );
  const own = texts.filter((part) => !isReturned(part));
  const first = own.find(({ type }) => type === 'text/plain') ?? own[0];
  const whole = first === undefined ? mail.text : plain(first);
  const before = mail.parts.length > 0 ? mail.text : '';
  const mark = RETURNED.exec(whole);
  // A mark at the very top would leave nothing said.
  const said = mark === null || mark.index < 40 ? whole : whole.slice(0, mark.index);
  return { said: `${said}\n${said.trim() === '' ? before : ''}`.slice(0, 20_000), whole };
}

function behindExplanation(whole: string): string {
  const mark = RETURNED.exec(whole);
  return mark === null
    ? ''
    : whole
        .slice(mark.index + mark[0].length)
        .replace(/^\s+/, '')
        .slice(0, 20_000);
}

const isReturned = (part: Part): boolean => /attachment/i.test(header(part, 'content-disposition'));

function plain({ type, text }: Part): string {
  if (type !== 'text/html') return text;
  return text
    .replace(/<(?:style|script)[\s\S]{0,20000}?<\/(?:style|script)>/gi, ' ')
    .replace(/<(?:br|p|div|tr|li|h\d)\b[^>]{0,300}>/gi, '\n')
    .replace(/<[^>]{0,1000}>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;|&rsquo;/g, "'")
    .replace(/&nbsp;|&#160;/g, ' ')
    .replace(/&amp;/g, '&');
}
