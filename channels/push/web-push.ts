// Web push: one message to all devices of a person, encrypted for each (RFC 8291), under the sender's own keys (RFC
// 8292), through the guarded client, because endpoints are addresses that browsers told us (P23).

import webpush from 'web-push';
import type {
  Channel,
  ChannelHost,
  JsonObject,
  Outgoing,
  PushDevice,
  PushLinks,
  SendOutcome,
} from '../../engine/ports/channel.ts';
import type { GuardedFetch } from '../../engine/ports/guarded.ts';
import { type DeviceAnswer, isKnownService, otherKeys, readAnswer, together } from './answers.ts';
import { deliveryOf, MOST_BYTES, payloadOf } from './payload.ts';
import { checkVapid, Tokens, vapidFault, vapidOf } from './vapid.ts';

/** A sender of `tropa.yaml`: `{ provider: webpush, public_key, private_key, subject }`; its `rate` is the engine's to keep. */
export interface WebPushSender {
  readonly name: string;
  readonly options: JsonObject;
}

export interface WebPushHost extends Pick<ChannelHost, 'now'>, PushLinks {
  /** Whoever made it closes it. */
  readonly guarded: GuardedFetch;
  /** Which hosts are push services of browser makers; by their names unless told. */
  readonly isKnownService?: (host: string) => boolean;
}

const TIMEOUT = 20_000;
/**
 * So many subscriptions in a row must a push service refuse, before anything else, until it is the keys that are wrong and
 * the sender pauses. A few alone are left over from other keys, or were made up: anybody can subscribe under keys of theirs.
 */
const REFUSED = 20;
/** Origins are whatever browsers tell: of so many it is counted. */
const MOST_ORIGINS = 200;
/** What push services answer is read for its status and two headers. */
const LONGEST_ANSWER = 64 * 1024;

/** A channel of one sender. Keys that cannot be used are no error here: each message is halted, and `check` says why. */
export function createWebPush(sender: WebPushSender, host: WebPushHost): Channel {
  const vapid = vapidOf(sender.options);
  const fault = vapidFault(vapid);
  const tokens = new Tokens(vapid);
  /** Push services that took a message under these keys in this process. */
  const trusted = new Set<string>();
  /** Endpoints of others that refused our keys since they last took anything. */
  const refused = new Map<string, Set<string>>();
  const isKnown = host.isKnownService ?? isKnownService;
  const underway = new Set<Promise<unknown>>();
  let closed = false;

  const toDevice = async (message: Outgoing, device: PushDevice, payload: Buffer): Promise<DeviceAnswer> => {
    const origin = originOf(device.endpoint);
    if (origin === null) return badDevice();
    const request = requestFor(message, device, payload, tokens.for(origin), host.now());
    if (request === null) return badDevice();
    const by = { known: isKnown(new URL(origin).hostname), trusted: trusted.has(origin) };
    const answer = readAnswer(await host.guarded.ask(request), device.endpoint, by);
    if (answer.kind === 'took') trusted.add(origin);
    return answer.kind === 'halted' && !isEnough(origin, device.endpoint) ? otherKeys() : answer;
  };

  /** Whether so many different subscriptions were refused that it must be the keys. */
  const isEnough = (origin: string, endpoint: string): boolean => {
    if (refused.size >= MOST_ORIGINS) refused.clear();
    const known = refused.get(origin) ?? new Set();
    refused.set(origin, known.add(endpoint));
    if (known.size < REFUSED) return false;
    // Whoever lets the sender go on may have mended them.
    refused.delete(origin);
    return true;
  };

  const sendOne = async (message: Outgoing): Promise<SendOutcome> => {
    if (closed) return { result: 'retry', after: 1_000, why: 'the channel is closed' };
    if (fault !== null) return { result: 'halted', why: fault };
    const payload = payloadOf(message, host);
    if (payload.length > MOST_BYTES) {
      const detail = `${payload.length} bytes; a push message has ${MOST_BYTES} at most. Shorten its text, pictures' addresses or actions`;
      return { result: 'refused', why: { kind: 'content', detail } };
    }
    return together(await Promise.all(message.devices.map((device) => toDevice(message, device, payload))), message.id);
  };

  return {
    provider: 'webpush',
    // The service worker reports what was shown; a browser that is closed for days reports nothing.
    tellsDelivery: true,
    send: (messages) => {
      const work: Promise<SendOutcome[]> = Promise.all(
        messages.map((message) => sendOne(message).catch(mishap)),
      ).finally(() => underway.delete(work));
      underway.add(work);
      return work;
    },
    check: () => Promise.resolve(checkVapid(vapid)),
    close: async () => {
      closed = true;
      await Promise.all(underway);
    },
  };
}

/** Ours alone: whether it left is not known, and the error may quote an address. */
const mishap = (): SendOutcome => ({ result: 'unknown', why: 'sending failed in the middle' });

const badDevice = (): DeviceAnswer => ({
  kind: 'refused',
  why: { kind: 'address', detail: 'the subscription is not one that a browser makes' },
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
const UNCLEAN = /[\u0000-\u0020\u007f]/;

function originOf(endpoint: string): string | null {
  try {
    const { protocol, origin } = new URL(endpoint);
    return UNCLEAN.test(endpoint) || !/^https?:$/.test(protocol) ? null : origin;
  } catch {
    return null;
  }
}

/** The request for one device, or null where its keys are none. */
function requestFor(message: Outgoing, device: PushDevice, payload: Buffer, authorization: string, now: number) {
  try {
    const { headers, body, endpoint } = webpush.generateRequestDetails(
      { endpoint: device.endpoint, keys: { ...device.keys } },
      payload,
      { ...deliveryOf(message, now), vapidDetails: null as never, headers: { Authorization: authorization } },
    );
    const { 'Content-Length': _, ...rest } = headers;
    return {
      method: 'POST' as const,
      url: endpoint,
      secure: true as const,
      headers: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
      body: body as Buffer,
      timeout: TIMEOUT,
      limit: LONGEST_ANSWER,
    };
  } catch {
    return null;
  }
}
