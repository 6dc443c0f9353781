// Mailgun's webhooks. https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CallbackDoor, CallbackRequest, Heard, JsonObject } from '../../../engine/ports/channel.ts';
import { readJson } from './read-json.ts';
import { type About, bounced, heard, recordOf, textOf, textOrNull } from './report.ts';

/** Mailgun tells again for eight hours, with the signature of the first time. What comes twice is one: it has an id. */
const FRESH = 9 * 3_600_000;

/** The door of a sender whose `webhook_key` is the HTTP webhook signing key of Mailgun's settings. */
export function mailgunCallbacks(key: string): CallbackDoor {
  return {
    provider: 'mailgun',
    verify: (request) => Promise.resolve(verify(request, key)),
    read: (request) =>
      Promise.resolve(request)
        .then(readJson)
        .then((told) => translate(recordOf(recordOf(told)['event-data']), request.received)),
  };
}

function verify(request: CallbackRequest, key: string): { ok: true } | { ok: false; why: string } {
  let told: JsonObject;
  try {
    told = recordOf(recordOf(readJson(request)).signature);
  } catch {
    return { ok: false, why: 'no signature' };
  }
  const [timestamp, token, signature] = [String(told.timestamp ?? ''), textOf(told.token), textOf(told.signature)];
  const wanted = Buffer.from(createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex'));
  const given = Buffer.from(signature);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return { ok: false, why: 'another signature' };
  // What is no number is not fresh either.
  const isFresh = Math.abs(Number(timestamp) * 1_000 - request.received) <= FRESH;
  return isFresh ? { ok: true } : { ok: false, why: 'stale' };
}

function translate(event: JsonObject, now: number): Heard[] {
  const seconds = Number(event.timestamp);
  const about: About = {
    message: textOrNull(recordOf(event['user-variables']).tropa),
    address: textOrNull(event.recipient)?.toLowerCase() ?? null,
    at: Number.isFinite(seconds) && seconds > 0 ? Math.min(now, Math.round(seconds * 1_000)) : now,
    id: textOrNull(event.id),
  };
  const status = recordOf(event['delivery-status']);
  switch (event.event) {
    case 'delivered':
      return [heard(about, 'delivered')];
    case 'failed': {
      const words = `${String(status.code ?? '')} ${textOf(status.message)} ${textOf(status.description)}`;
      return [bounced(about, words, textOf(status['enhanced-code']), event.severity === 'permanent')];
    }
    case 'complained':
      return [heard(about, 'complained')];
    case 'opened':
      return [heard(about, recordOf(event['client-info']).bot ? 'machine_opened' : 'opened')];
    case 'clicked':
      return [heard(about, 'clicked', { value: textOf(event.url) })];
    case 'unsubscribed':
      return [heard(about, 'unsubscribed')];
    default:
      return [];
  }
}
