// Messages of Amazon SNS over HTTPS: proven by their signature, of either version, and subscriptions confirmed.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html

import { verify as verifySignature, X509Certificate } from 'node:crypto';
import { type CallbackRequest, type Instant, type JsonObject, TropaError } from '../../../engine/ports/channel.ts';
import type { GuardedFetch } from '../../../engine/ports/guarded.ts';
import { readJson } from './read-json.ts';
import { recordOf, textOf } from './report.ts';

/** SNS tries again for an hour at most, with the time of the first. */
const FRESH = 2 * 3_600_000;
/** SNS changes its certificate about once a year; a few regions at most are heard. */
const MOST_CERTIFICATES = 8;
const LONGEST_CERTIFICATE = 64 * 1024;
const TIMEOUT = 10_000;

/** What is signed, in this order, by the type of message; `Subject` only where there is one. */
const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const;
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const;
const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: NOTIFICATION,
  SubscriptionConfirmation: CONFIRMATION,
  UnsubscribeConfirmation: CONFIRMATION,
};
const HASHES: Readonly<Record<string, string>> = { '1': 'sha1', '2': 'sha256' };
const ARN = /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+)+-\d+):\d{12}:[\w-]{1,256}(?:\.fifo)?$/;

export type Verdict = { ok: true } | { ok: false; why: string };
const no = (why: string): Verdict => ({ ok: false, why });

/** Whether this is the name of an SNS topic. */
export function isTopic(arn: string): boolean {
  return ARN.test(arn);
}

export class SnsDoor {
  readonly #topics: ReadonlySet<string>;
  readonly #guarded: () => Promise<GuardedFetch>;
  readonly #certificates = new Map<string, Promise<X509Certificate | null>>();

  constructor(topics: readonly string[], guarded: () => Promise<GuardedFetch>) {
    this.#topics = new Set(topics);
    this.#guarded = guarded;
  }

  /** Throws TropaError `E_UNAVAILABLE` where the certificate cannot be had now: SNS tries again, which it never does after a 4xx. */
  async verify(request: CallbackRequest): Promise<Verdict> {
    const told = envelopeOf(request);
    if (told === null) return no('no message of SNS');
    const topic = textOf(told.TopicArn);
    // Before anything is fetched: whoever does not know the topic makes us ask nobody.
    if (!this.#topics.has(topic)) return no('another topic');
    const canonical = canonicalOf(told);
    const hash = HASHES[String(told.SignatureVersion)];
    if (canonical === null || hash === undefined) return no('nothing that could be signed');
    if (!isFresh(textOf(told.Timestamp), request.received)) return no('stale');
    const address = textOf(told.SigningCertURL);
    if (!isCertificateOf(address, topic)) return no('a certificate from elsewhere');
    const certificate = await this.#certificate(address);
    if (certificate === null || !isValidAt(certificate, request.received)) return no('no valid certificate');
    const signature = Buffer.from(textOf(told.Signature), 'base64');
    return verifySignature(hash, Buffer.from(canonical), certificate.publicKey, signature)
      ? { ok: true }
      : no('another signature');
  }

  /**
   * What a proven message carries; null for those that are about the subscription itself, which is confirmed. Throws
   * TropaError `E_BAD_REQUEST`, or `E_UNAVAILABLE` where it cannot be confirmed now.
   */
  async read(request: CallbackRequest): Promise<JsonObject | null> {
    const told = recordOf(readJson(request));
    if (told.Type === 'Notification') return messageOf(textOf(told.Message));
    if (told.Type === 'SubscriptionConfirmation') await this.#confirm(textOf(told.SubscribeURL), textOf(told.TopicArn));
    return null;
  }

  async #confirm(url: string, topic: string): Promise<void> {
    if (!isOfTopic(url, topic)) throw new TropaError('E_BAD_REQUEST', 'The subscription leads elsewhere.');
    const guarded = await this.#guarded();
    const answer = await guarded.ask({ method: 'GET', url, secure: true, timeout: TIMEOUT });
    if (!answer.ok || answer.status !== 200)
      throw new TropaError('E_UNAVAILABLE', 'The subscription to the SNS topic cannot be confirmed now.');
  }

  /** Null where there is none at this address; fetched once for all who wait. */
  #certificate(url: string): Promise<X509Certificate | null> {
    const known = this.#certificates.get(url);
    if (known !== undefined) return known;
    const fetched = this.#fetch(url);
    this.#certificates.set(url, fetched);
    const [oldest] = this.#certificates.keys();
    if (this.#certificates.size > MOST_CERTIFICATES && oldest !== undefined) this.#certificates.delete(oldest);
    // What failed is asked again next time.
    const forget = () => this.#certificates.delete(url);
    fetched.then((certificate) => certificate === null && forget(), forget);
    return fetched;
  }

  async #fetch(url: string): Promise<X509Certificate | null> {
    const guarded = await this.#guarded();
    const answer = await guarded.ask({
      method: 'GET',
      url,
      secure: true,
      timeout: TIMEOUT,
      limit: LONGEST_CERTIFICATE,
    });
    if (!answer.ok || answer.status >= 500)
      throw new TropaError('E_UNAVAILABLE', 'The certificate of Amazon SNS cannot be fetched now.');
    if (answer.status !== 200) return null;
    try {
      return new X509Certificate(answer.body);
    } catch {
      return null;
    }
  }
}

function envelopeOf(request: CallbackRequest): JsonObject | null {
  try {
    const told = recordOf(readJson(request));
    return SIGNED[textOf(told.Type)] === undefined ? null : told;
  } catch {
    return null;
  }
}

/** Name and value of each signed field, each with a line end. Null where one is missing or no text. */
function canonicalOf(told: JsonObject): string | null {
  const names = (SIGNED[textOf(told.Type)] ?? []).filter((name) => name !== 'Subject' || told.Subject != null);
  const lines = names.map((name) => (typeof told[name] === 'string' ? `${name}\n${told[name]}\n` : null));
  return lines.includes(null) ? null : lines.join('');
}

function isFresh(stamp: string, received: Instant): boolean {
  return Math.abs(Date.parse(stamp) - received) <= FRESH;
}

function isValidAt(certificate: X509Certificate, at: Instant): boolean {
  return Date.parse(certificate.validFrom) <= at && at <= Date.parse(certificate.validTo);
}

/** SNS's own host in the region of the topic, and nothing that only looks like it. */
function isHostOf(url: string, topic: string): boolean {
  const [, partition, region] = ARN.exec(topic) ?? [];
  const host = `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  // As written, not as a browser would understand it: no user, no port, no backslash.
  return region !== undefined && url.startsWith(`https://${host}/`) && URL.canParse(url) && new URL(url).host === host;
}

function isCertificateOf(url: string, topic: string): boolean {
  return isHostOf(url, topic) && /^https:\/\/[^/]+\/[\w.-]+\.pem$/.test(url);
}

function isOfTopic(url: string, topic: string): boolean {
  if (!isHostOf(url, topic)) return false;
  const { searchParams } = new URL(url);
  return searchParams.get('Action') === 'ConfirmSubscription' && searchParams.get('TopicArn') === topic;
}

function messageOf(text: string): JsonObject {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    // SES greets a topic with a sentence when it is told to publish there.
    return {};
  }
}
