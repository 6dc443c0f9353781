// Amazon SES: its events come through SNS, signed with a certificate that is fetched from SNS itself.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html and
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html

import { createVerify, X509Certificate } from 'node:crypto';
import {
  type CallbackDoor,
  type CallbackRequest,
  type GuardedFetch,
  type Heard,
  type JsonObject,
  TropaError,
} from '../../../engine/ports/channel.ts';
import { readJson } from './read-json.ts';
import { type About, bounced, heard, recordOf, textOf, textOrNull } from './report.ts';

/** Only SNS's own hosts: whoever could name another could sign with a certificate of theirs. */
const SNS = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(?:\.cn)?$/;
/** SNS tries again for hours; each has an id, and what comes twice is one. */
const FRESH = 24 * 3_600_000;
const MOST_CERTIFICATES = 8;
/** What is signed, in this order; `Subject` only where it is there. */
const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};
const DIGESTS: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };

type Verdict = { ok: true } | { ok: false; why: string };

/**
 * The door of a sender whose `webhook_key` is the ARN of the topic; it confirms the topic's subscription by itself.
 * Throws TropaError `E_SETTINGS`.
 */
export function sesCallbacks(name: string, topic: string, guarded: () => Promise<GuardedFetch>): CallbackDoor {
  if (!/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(?:\.fifo)?$/.test(topic))
    throw new TropaError(
      'E_SETTINGS',
      `The sender "${name}": "webhook_key" is the ARN of the SNS topic, arn:aws:sns:REGION:ACCOUNT:NAME.`,
    );
  const certificates = new Map<string, X509Certificate>();

  async function certificateOf(url: string): Promise<X509Certificate | null> {
    const known = certificates.get(url);
    if (known !== undefined) return known;
    const client = await guarded();
    const answer = await client.ask({ method: 'GET', url, secure: true, limit: 16_384, timeout: 5_000 });
    // SNS tells nothing again after a 4xx: only what is surely not there may end in one.
    // https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
    if (!answer.ok || answer.status >= 500)
      throw new TropaError('E_UNAVAILABLE', 'The certificate of SNS cannot be fetched now.');
    if (answer.status !== 200) return null;
    const made = readCertificate(answer.body);
    if (made === null) return null;
    if (certificates.size >= MOST_CERTIFICATES) certificates.clear();
    certificates.set(url, made);
    return made;
  }

  async function verify(request: CallbackRequest): Promise<Verdict> {
    const told = bodyOf(request);
    const fault = told === null ? 'no SNS message' : faultOf(told, topic, request.received);
    if (told === null || fault !== null) return { ok: false, why: fault ?? 'no SNS message' };
    const certificate = await certificateOf(textOf(told.SigningCertURL));
    if (certificate === null) return { ok: false, why: 'its certificate could not be had' };
    if (Date.parse(certificate.validTo) < request.received) return { ok: false, why: 'its certificate has run out' };
    return isSigned(told, certificate) ? { ok: true } : { ok: false, why: 'another signature' };
  }

  return {
    provider: 'ses',
    verify,
    async read(request) {
      const told = recordOf(readJson(request));
      if (told.Type === 'SubscriptionConfirmation') await confirm(await guarded(), textOf(told.SubscribeURL));
      return told.Type === 'Notification' ? translate(told, request.received) : [];
    },
  };
}

function bodyOf(request: CallbackRequest): JsonObject | null {
  try {
    return recordOf(readJson(request));
  } catch {
    return null;
  }
}

/** What is wrong before any certificate is asked for: so a forged one makes us ask nobody. */
function faultOf(told: JsonObject, topic: string, now: number): string | null {
  if (SIGNED[textOf(told.Type)] === undefined) return 'no SNS message';
  if (told.TopicArn !== topic) return 'another topic';
  if (DIGESTS[textOf(told.SignatureVersion)] === undefined) return 'another way of signing';
  if (!isOfSns(textOf(told.SigningCertURL), /^\/SimpleNotificationService-[\w-]+\.pem$/))
    return 'a certificate of somebody else';
  const sent = Date.parse(textOf(told.Timestamp));
  return Math.abs(sent - now) <= FRESH ? null : 'stale';
}

function isOfSns(text: string, path: RegExp): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const plain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  return plain && SNS.test(url.hostname) && path.test(url.pathname);
}

function readCertificate(bytes: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(bytes);
  } catch {
    return null;
  }
}

function isSigned(told: JsonObject, certificate: X509Certificate): boolean {
  const fields = (SIGNED[textOf(told.Type)] ?? []).filter((name) => typeof told[name] === 'string');
  const text = fields.map((name) => `${name}\n${textOf(told[name])}\n`).join('');
  const digest = DIGESTS[textOf(told.SignatureVersion)] ?? '';
  return createVerify(digest)
    .update(text, 'utf8')
    .verify(certificate.publicKey, Buffer.from(textOf(told.Signature), 'base64'));
}

/** Throws TropaError `E_UNAVAILABLE`: SNS asks again. */
async function confirm(client: GuardedFetch, url: string): Promise<void> {
  if (!isOfSns(url, /^\/$/)) throw new TropaError('E_BAD_REQUEST', 'The subscription leads somewhere else.');
  const answer = await client.ask({ method: 'GET', url, secure: true, timeout: 5_000 });
  if (!answer.ok || answer.status !== 200)
    throw new TropaError('E_UNAVAILABLE', 'The subscription could not be confirmed now.');
}

/** One event of SES; a bounce and a complaint tell several recipients. */
function translate(told: JsonObject, now: number): Heard[] {
  const event = messageOf(told);
  const mail = recordOf(event.mail);
  const kind = textOf(event.eventType) || textOf(event.notificationType);
  const about = (address: unknown, at: unknown): About => ({
    message: taggedIn(mail),
    address: textOrNull(address)?.toLowerCase() ?? null,
    at: momentOf(at, now),
    id: textOrNull(told.MessageId),
  });
  const to = listOf(mail.destination)[0];
  switch (kind) {
    case 'Delivery':
      return listOf(recordOf(event.delivery).recipients).map((address) =>
        heard(about(address, recordOf(event.delivery).timestamp), 'delivered'),
      );
    case 'Bounce':
      return bounces(recordOf(event.bounce), about);
    case 'Complaint': {
      const { complainedRecipients, complaintFeedbackType, timestamp } = recordOf(event.complaint);
      // Somebody took it out of their spam.
      if (complaintFeedbackType === 'not-spam') return [];
      return listOf(complainedRecipients).map((one) =>
        heard(about(recordOf(one).emailAddress, timestamp), 'complained'),
      );
    }
    case 'Reject':
      return [heard(about(to, mail.timestamp), 'failed', { reason: textOf(recordOf(event.reject).reason) })];
    case 'Rendering Failure':
      return [heard(about(to, mail.timestamp), 'failed', { reason: textOf(recordOf(event.failure).errorMessage) })];
    case 'Open':
      return [heard(about(to, recordOf(event.open).timestamp), 'opened')];
    case 'Click':
      return [
        heard(about(to, recordOf(event.click).timestamp), 'clicked', { value: textOf(recordOf(event.click).link) }),
      ];
    default:
      return [];
  }
}

/** Not sent at all, because SES knows the address as dead. */
const LISTED = new Set(['Suppressed', 'OnAccountSuppressionList', 'NoEmail']);

function bounces(bounce: JsonObject, about: (address: unknown, at: unknown) => About): Heard[] {
  const permanent = bounce.bounceType === 'Permanent';
  const listed = permanent && LISTED.has(textOf(bounce.bounceSubType));
  return listOf(bounce.bouncedRecipients).flatMap((one) => {
    const { emailAddress, status, diagnosticCode } = recordOf(one);
    const person = about(emailAddress, bounce.timestamp);
    if (listed) return [heard(person, 'bounced', { reason: 'known to the service as no address' })];
    // Automatic answers are told as transient bounces of which no server said anything.
    const isSilent = textOf(status) === '' && textOf(diagnosticCode) === '';
    return isSilent && !permanent ? [] : [bounced(person, textOf(diagnosticCode), textOf(status), permanent)];
  });
}

/** Throws TropaError `E_BAD_REQUEST`. */
function messageOf({ Message }: JsonObject): JsonObject {
  try {
    return recordOf(JSON.parse(textOf(Message)));
  } catch {
    // A topic's own test message, or somebody's by hand.
    return {};
  }
}

/** The tag of event publishing; an identity's notifications only show the headers, where they are told to. */
function taggedIn(mail: JsonObject): string | null {
  const tag = listOf(recordOf(mail.tags).tropa)[0];
  if (typeof tag === 'string' && tag !== '') return tag;
  const header = listOf(mail.headers)
    .map(recordOf)
    .find(({ name }) => textOf(name).toLowerCase() === 'x-ses-message-tags');
  return /(?:^|[\s,])tropa=([^\s,]+)/.exec(textOf(header?.value))?.[1] ?? null;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function momentOf(value: unknown, now: number): number {
  const at = Date.parse(textOf(value));
  return Number.isFinite(at) && at > 0 ? Math.min(now, at) : now;
}
