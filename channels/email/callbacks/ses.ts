// Amazon SES's reports, which come through an SNS topic: events of a configuration set, or feedback of an identity.
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and
// …/notification-contents.html

import {
  type CallbackDoor,
  type Heard,
  type Instant,
  type JsonObject,
  TropaError,
} from '../../../engine/ports/channel.ts';
import type { GuardedFetch } from '../../../engine/ports/guarded.ts';
import { type About, bounced, heard, recordOf, textOf, textOrNull } from './report.ts';
import { isTopic, SnsDoor } from './sns.ts';

/** The door of a sender whose `webhook_key` is the ARN of its topic, or several by commas. Throws TropaError `E_SETTINGS`. */
export function sesCallbacks(name: string, key: string, guarded: () => Promise<GuardedFetch>): CallbackDoor {
  const topics = key.split(/[\s,]+/).filter((topic) => topic !== '');
  if (!topics.every(isTopic))
    throw new TropaError(
      'E_SETTINGS',
      `The sender "${name}": "webhook_key" is the ARN of the SNS topic of its reports: arn:aws:sns:eu-west-1:123456789012:reports.`,
    );
  const sns = new SnsDoor(topics, guarded);
  return {
    provider: 'ses',
    verify: (request) => sns.verify(request),
    async read(request) {
      const event = await sns.read(request);
      return event === null ? [] : translate(event, request.received);
    },
  };
}

type Reader = (about: AboutOf, report: JsonObject) => Heard[];
/** Of one recipient; what is told besides is where and when. */
type AboutOf = (address: unknown) => About;

const recordsOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.map(recordOf) : []);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** By what happened: where its details stand, and what they mean. */
const READERS: Readonly<Record<string, readonly [details: string, read: Reader]>> = {
  Delivery: ['delivery', (about, { recipients }) => listOf(recipients).map((one) => heard(about(one), 'delivered'))],
  Bounce: ['bounce', readBounce],
  Complaint: ['complaint', readComplaint],
  Reject: ['reject', (about) => [heard(about(null), 'failed', { reason: 'refused by the service' })]],
  'Rendering Failure': [
    'failure',
    (about) => [heard(about(null), 'failed', { reason: 'not rendered by the service' })],
  ],
  Open: ['open', (about) => [heard(about(null), 'opened')]],
  Click: ['click', (about, { link }) => [heard({ ...about(null), id: null }, 'clicked', { value: textOf(link) })]],
  Subscription: [
    'subscription',
    (about, { newTopicPreferences }) =>
      recordOf(newTopicPreferences).unsubscribeAll === true ? [heard(about(null), 'unsubscribed')] : [],
  ],
};

function translate(event: JsonObject, now: Instant): Heard[] {
  const [place, read] = READERS[textOf(event.eventType) || textOf(event.notificationType)] ?? [];
  if (place === undefined || read === undefined) return [];
  const report = recordOf(event[place]);
  const mail = recordOf(event.mail);
  const told = Date.parse(textOf(report.timestamp) || textOf(mail.timestamp));
  const at = Number.isFinite(told) ? Math.min(now, told) : now;
  const id = textOrNull(report.feedbackId) ?? textOrNull(mail.messageId);
  const message = messageOf(mail);
  const about: AboutOf = (address) => ({ message, address: addressOf(address ?? listOf(mail.destination)[0]), at, id });
  return read(about, report);
}

/** The tag we gave it: events carry tags, feedback of an identity the headers where it is told to. */
function messageOf(mail: JsonObject): string | null {
  const tag = textOrNull(listOf(recordOf(mail.tags).tropa)[0]);
  if (tag !== null) return tag;
  const header = recordsOf(mail.headers).find(({ name }) => textOf(name).toLowerCase() === 'x-ses-message-tags');
  return /(?:^|[\s,])tropa=([\w-]+)/.exec(textOf(header?.value))?.[1] ?? null;
}

function addressOf(told: unknown): string | null {
  const text = textOf(told).trim();
  return textOrNull((/<([^<>]+)>$/.exec(text)?.[1] ?? text).toLowerCase());
}

/** Not sent at all, because SES knows the address as dead. */
const LISTED = new Set(['Suppressed', 'OnAccountSuppressionList', 'NoEmail']);

function readBounce(about: AboutOf, { bounceType, bounceSubType, bouncedRecipients }: JsonObject): Heard[] {
  const isPermanent = bounceType === 'Permanent';
  return recordsOf(bouncedRecipients).flatMap(({ emailAddress, diagnosticCode, status }) => {
    const person = about(emailAddress);
    if (isPermanent && LISTED.has(textOf(bounceSubType)))
      return [heard(person, 'bounced', { reason: 'known to the service as no address' })];
    const words = textOf(diagnosticCode);
    // An automatic answer is told as a bounce like this.
    const says = words !== '' || textOf(status) !== '';
    return bounceType === 'Transient' && !says ? [] : [bounced(person, words, textOf(status), isPermanent)];
  });
}

function readComplaint(about: AboutOf, { complainedRecipients, complaintFeedbackType }: JsonObject): Heard[] {
  if (complaintFeedbackType === 'not-spam') return [];
  return recordsOf(complainedRecipients).map(({ emailAddress }) => heard(about(emailAddress), 'complained'));
}
