// What a notification carries to the service worker (`/push/sw.js` reads it), and the headers that go beside it.

import { createHash } from 'node:crypto';
import type { Instant, JsonObject, Outgoing, PushLinks } from '../../engine/ports/channel.ts';

/** What every push service surely carries once it is encrypted (P36; RFC 8030 section 7.2 asks for 4,096 bytes). */
export const MOST_BYTES = 3 * 1024;
/** Push services keep a message for four weeks at most. */
const MOST_SECONDS = 28 * 24 * 3_600;

/** The payload as UTF-8 JSON. */
export function payloadOf(message: Outgoing, addresses: PushLinks): Buffer {
  const { headers } = message;
  const title = headers.title ?? '';
  const payload: JsonObject = {
    id: message.id,
    // A notification cannot be without a title; one line of text is better there than below nothing.
    title: title === '' ? message.text : title,
    ...(title !== '' && message.text !== '' && { body: message.text }),
    ...(message.locale !== null && { lang: message.locale }),
    ...picture('icon', headers.icon),
    ...picture('image', headers.image),
    ...leads(headers.link, addresses),
    actions: message.actions.map(({ label, url }) => ({ title: label, ...leads(url, addresses) })),
    report: addresses.reports(message.id),
  };
  return Buffer.from(JSON.stringify(payload), 'utf8');
}

/** `to`: where a click leads. `via`: our signed address that counts it, which the worker tells and nobody waits for. */
function leads(url: string | undefined, addresses: PushLinks): JsonObject {
  if (url === undefined || !isWeb(url)) return {};
  const to = addresses.target(url);
  return to === null ? { to: url } : { to, via: url };
}

function picture(name: string, url: string | undefined): JsonObject {
  return url !== undefined && isWeb(url) ? { [name]: url } : {};
}

const isWeb = (url: string): boolean => /^https?:\/\//i.test(url);

/**
 * TTL in seconds: as long as the message is of use, four weeks at most. Urgency (RFC 8030 section 5.3): what concerns
 * an order wakes a sleeping phone. Topic (section 5.4, 32 characters of base64url): of one step only the newest
 * message waits for a device that is off.
 */
export function deliveryOf(
  message: Outgoing,
  now: Instant,
): { TTL: number; urgency: 'high' | 'normal'; topic: string } {
  const left = message.expires === null ? MOST_SECONDS : Math.floor((message.expires - now) / 1000);
  return {
    TTL: Math.max(0, Math.min(MOST_SECONDS, left)),
    urgency: message.transactional ? 'high' : 'normal',
    topic: createHash('sha256').update(`${message.journey}/${message.step}`).digest('base64url').slice(0, 32),
  };
}
