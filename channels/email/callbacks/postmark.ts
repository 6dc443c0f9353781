// Postmark's webhooks, which prove themselves by the user and password of their address.
// https://postmarkapp.com/developer/webhooks/webhooks-overview

import { createHash, timingSafeEqual } from 'node:crypto';
import type { CallbackDoor, Heard, JsonObject } from '../../../engine/ports/channel.ts';
import { readJson } from './read-json.ts';
import { type About, bounced, heard, recordOf, textOf, textOrNull } from './report.ts';

/** The door of a sender whose `webhook_key` is `user:password`, as in `https://user:password@…/receipts/postmark`. */
export function postmarkCallbacks(key: string): CallbackDoor {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const wanted = digest(`Basic ${Buffer.from(key).toString('base64')}`);
  return {
    provider: 'postmark',
    verify: ({ headers }) =>
      Promise.resolve(
        timingSafeEqual(digest(headers.authorization ?? ''), wanted)
          ? { ok: true }
          : { ok: false, why: 'another login' },
      ),
    read: (request) =>
      Promise.resolve(request)
        .then(readJson)
        .then((told) => translate(recordOf(told), request.received)),
  };
}

/** https://postmarkapp.com/developer/api/bounce-api#bounce-types: those that end an address. */
const ENDS = new Set(['HardBounce', 'BadEmailAddress', 'ManuallyDeactivated']);

/**
 * Postmark also suppresses what bounced or complained, and tells that by reports of its own: nobody took a consent back by it.
 * https://postmarkapp.com/developer/webhooks/subscription-change-webhook
 */
const isOwnWish = ({ SuppressionReason }: JsonObject): boolean =>
  SuppressionReason !== 'HardBounce' && SuppressionReason !== 'SpamComplaint';

function aboutOf(event: JsonObject, now: number): About {
  const times = [event.BouncedAt, event.DeliveredAt, event.ReceivedAt, event.ChangedAt];
  const told = Date.parse(times.map(textOf).find((time) => time !== '') ?? '');
  const id = event.ID ?? event.MessageID ?? null;
  return {
    message: textOrNull(recordOf(event.Metadata).tropa),
    address: (textOrNull(event.Email) ?? textOrNull(event.Recipient))?.toLowerCase() ?? null,
    at: Number.isFinite(told) ? Math.min(now, told) : now,
    id: id === null ? null : String(id),
  };
}

function translate(event: JsonObject, now: number): Heard[] {
  const about = aboutOf(event, now);
  switch (event.RecordType) {
    case 'Delivery':
      return [heard(about, 'delivered')];
    case 'Bounce':
      if (event.Type === 'AutoResponder' || event.Type === 'ChallengeVerification') return [];
      return [bounced(about, textOf(event.Details), '', ENDS.has(textOf(event.Type)))];
    case 'SpamComplaint':
      return [heard(about, 'complained')];
    case 'Open':
      return [heard(about, 'opened')];
    case 'Click':
      return [heard({ ...about, id: null }, 'clicked', { value: textOf(event.OriginalLink) })];
    case 'SubscriptionChange':
      return event.SuppressSending === true && isOwnWish(event) ? [heard(about, 'unsubscribed')] : [];
    default:
      return [];
  }
}
