// SendGrid's event webhook. https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  type CallbackDoor,
  type CallbackRequest,
  type Heard,
  type JsonObject,
  TropaError,
} from '../../../engine/ports/channel.ts';
import { readJson } from './read-json.ts';
import { type About, bounced, heard, recordOf, textOf, textOrNull } from './report.ts';

/** Older than this is no fresh callback: SendGrid tells again for a day, each time signed anew. */
const FRESH = 10 * 60_000;

/** The door of a sender whose `webhook_key` is the verification key of SendGrid's settings. Throws TropaError `E_SETTINGS`. */
export function sendgridCallbacks(name: string, key: string): CallbackDoor {
  const publicKey = keyOf(name, key);
  return {
    provider: 'sendgrid',
    verify: (request) => Promise.resolve(isSigned(request, publicKey)),
    read: (request) =>
      Promise.resolve(request)
        .then(readJson)
        .then((events) =>
          (Array.isArray(events) ? events : [events]).flatMap((one) => translate(recordOf(one), request.received)),
        ),
  };
}

/** ECDSA over the timestamp and the body as it came. */
function isSigned(
  { headers, body, received }: CallbackRequest,
  key: KeyObject,
): { ok: true } | { ok: false; why: string } {
  const stamp = headers['x-twilio-email-event-webhook-timestamp'] ?? '';
  if (stamp === '' || !(Math.abs(Number(stamp) * 1_000 - received) <= FRESH)) return { ok: false, why: 'stale' };
  const signature = Buffer.from(headers['x-twilio-email-event-webhook-signature'] ?? '', 'base64');
  const holds = verify('sha256', Buffer.concat([Buffer.from(stamp), body]), key, signature);
  return holds ? { ok: true } : { ok: false, why: 'another signature' };
}

function keyOf(name: string, key: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
  } catch {
    throw new TropaError(
      'E_SETTINGS',
      `The sender "${name}": "webhook_key" is the verification key of SendGrid's event webhook.`,
    );
  }
}

function translate(event: JsonObject, now: number): Heard[] {
  const seconds = Number(event.timestamp);
  const about: About = {
    message: textOrNull(event.tropa),
    address: textOrNull(event.email)?.toLowerCase() ?? null,
    at: Number.isFinite(seconds) && seconds > 0 ? Math.min(now, seconds * 1_000) : now,
    id: textOrNull(event.sg_event_id),
  };
  switch (event.event) {
    case 'delivered':
      return [heard(about, 'delivered')];
    case 'bounce':
      return [bounced(about, textOf(event.reason), textOf(event.status), event.type !== 'blocked')];
    case 'spamreport':
      return [heard(about, 'complained')];
    case 'open':
      return [heard(about, event.sg_machine_open === true ? 'machine_opened' : 'opened')];
    case 'click':
      return [heard(about, 'clicked', { value: textOf(event.url) })];
    case 'unsubscribe':
    case 'group_unsubscribe':
      return [heard(about, 'unsubscribed')];
    case 'dropped':
      return [heard(about, 'failed', { reason: 'dropped by the service' })];
    default:
      return [];
  }
}
