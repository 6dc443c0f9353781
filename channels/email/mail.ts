// A message as a mail: headers that mailbox providers ask of senders, both parts, and the signature over all of it.

import { Buffer } from 'node:buffer';
import Dkim from 'nodemailer/lib/dkim';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Outgoing, ReturnAddresses } from '../../engine/ports/channel.ts';
import { flatten } from './flatten.ts';
import { domainOf, isAddress, type Mailbox, readMailbox } from './mailbox.ts';
import type { DkimKey, Service } from './settings.ts';

export interface Mail {
  readonly from: string;
  readonly to: string;
  /** As it goes over the wire, without the dots of SMTP. */
  readonly raw: Buffer;
}

export interface MailRules {
  readonly brand: string;
  readonly from: Mailbox | null;
  readonly dkim: DkimKey | null;
  readonly service: Service | null;
  readonly addresses: ReturnAddresses;
}

/** What cannot be made a mail; it never quotes the message. */
export class Unmailable extends Error {
  readonly kind: 'address' | 'content';
  constructor(kind: 'address' | 'content', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** RFC 6376 section 5.4.1, with what RFC 8058 section 3.1 asks to be inside the signature. */
const SIGNED =
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:List-Id:List-Unsubscribe:List-Unsubscribe-Post:Feedback-ID';

/** Makes the mail of a message. Throws `Unmailable`. */
export async function mailOf(message: Outgoing, rules: MailRules): Promise<Mail> {
  const from = senderOf(message, rules);
  if (!isAddress(message.to)) throw new Unmailable('address', 'this is no email address');
  const composer = new MailComposer({
    from: { ...from },
    to: { name: '', address: message.to },
    subject: message.headers.subject ?? '',
    text: message.text,
    ...(message.html !== null && { html: message.html }),
    ...replyTo(message, rules),
    messageId: `<${message.id}@${domainOf(from.address)}>`,
    date: new Date(message.at),
    headers: asWritten(headersOf(message, rules, from)),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const built = flatten(composer.compile());
  const envelope = rules.addresses.bounces(message.id) ?? from.address;
  return { from: envelope, to: message.to, raw: rules.dkim === null ? built : await signed(built, rules.dkim) };
}

function senderOf({ headers }: Outgoing, { from }: MailRules): Mailbox {
  const own = headers.from === undefined || headers.from === '' ? from : readMailbox(headers.from);
  if (own === null)
    throw new Unmailable(
      'content',
      'nobody is named as its sender: give the sender of tropa.yaml or the template one "from"',
    );
  return own;
}

function replyTo({ id, headers }: Outgoing, { addresses }: MailRules): { replyTo?: { name: string; address: string } } {
  if (headers.reply_to !== undefined && headers.reply_to !== '') {
    const mailbox = readMailbox(headers.reply_to);
    if (mailbox === null) throw new Unmailable('content', 'its "reply_to" is not one mailbox');
    return { replyTo: { ...mailbox } };
  }
  const address = addresses.replies(id);
  return address === null ? {} : { replyTo: { name: '', address } };
}

function headersOf(message: Outgoing, rules: MailRules, from: Mailbox): Record<string, string> {
  const domain = domainOf(from.address);
  return {
    // RFC 2919; one list a category, because that is what people leave.
    'List-Id': `${phrase(rules.brand)}<${label(message.category)}.${domain}>`,
    // Gmail's feedback loop: three fields of our choice, and the sender, which never changes.
    'Feedback-ID': [message.journey, message.template, message.category, domain.replace(/\./g, '-')]
      .map(label)
      .join(':'),
    // RFC 8058. Mails that people must get have no list to leave.
    ...(message.transactional
      ? {}
      : {
          'List-Unsubscribe': `<${message.urls.unsubscribe}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }),
    ...taggedFor(rules.service, message.id),
  };
}

/** These have a structure of their own, and only ASCII: nodemailer would encode them as words of a human text. */
function asWritten(headers: Record<string, string>): Record<string, { prepared: true; value: string }> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { prepared: true, value }]));
}

/** By which a provider's callbacks tell our message: each has a header of its own for it. */
function taggedFor(service: Service | null, id: string): Record<string, string> {
  switch (service) {
    case 'ses':
      return { 'X-SES-MESSAGE-TAGS': `tropa=${label(id)}` };
    case 'sendgrid':
      return { 'X-SMTPAPI': JSON.stringify({ unique_args: { tropa: id } }) };
    case 'mailgun':
      return { 'X-Mailgun-Variables': JSON.stringify({ tropa: id }) };
    case 'postmark':
      return { 'X-PM-Metadata-tropa': id };
    case null:
      return {};
  }
}

/** A word that is safe in any header: letters, digits, hyphens. */
const label = (text: string): string => text.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 63) || 'none';
/** A quoted phrase of ASCII, or nothing. */
function phrase(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]|["\\]/g, '').trim();
  return plain === '' ? '' : `"${plain}" `;
}

async function signed(raw: Buffer, { domain, selector, key }: DkimKey): Promise<Buffer> {
  const stream = new Dkim({
    domainName: domain,
    keySelector: selector,
    privateKey: key,
    headerFieldNames: SIGNED,
  }).sign(raw);
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
