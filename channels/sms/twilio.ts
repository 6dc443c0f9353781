// Text messages by Twilio's API, with its own client.

import RequestClient from 'twilio/lib/base/RequestClient.js';
import type { Channel, Checked, JsonObject, Outgoing, ProviderHost, SendOutcome } from '../../engine/ports/channel.ts';
import { outcomeOf } from './outcome.ts';
import { readTwilioSettings, type TwilioSettings } from './settings.ts';

export interface TwilioOptions {
  readonly name: string;
  readonly options: JsonObject;
  /** Milliseconds until an answer is given up; 20 s unless told. */
  readonly timeout?: number;
}

type Host = { readonly addresses: Pick<ProviderHost['addresses'], 'publicUrl'> };
interface Answer {
  readonly statusCode: number;
  readonly body: unknown;
  readonly headers: unknown;
}

/** A sender with `provider: twilio`. Throws TropaError `E_SETTINGS`. */
export function createTwilio({ name, options, timeout = 20_000 }: TwilioOptions, host: Host): Channel {
  const settings = readTwilioSettings(name, options);
  const client = new RequestClient({ timeout, keepAlive: true, maxSockets: 50 });
  const underway = new Set<Promise<unknown>>();
  let closed = false;

  const ask = (method: 'get' | 'post', path: string, data?: Record<string, string>): Promise<Answer> =>
    client.request({
      method,
      uri: `${settings.api}/2010-04-01/Accounts/${settings.account}${path}`,
      username: settings.account,
      password: settings.token,
      timeout,
      // Its client writes the login into this very object.
      headers: data === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' },
      ...(data !== undefined && { data }),
    });

  async function sendOne(message: Outgoing): Promise<SendOutcome> {
    if (!NUMBER.test(message.to))
      return { result: 'refused', why: { kind: 'address', detail: 'this is no telephone number' } };
    try {
      return answered(await ask('post', '/Messages.json', formOf(message, settings, host)));
    } catch (error) {
      return unanswered(error);
    }
  }

  async function check(): Promise<Checked[]> {
    const what = 'account';
    try {
      const { statusCode, body } = await ask('get', '.json');
      const { status } = (readBody(body) ?? {}) as { status?: unknown };
      if (statusCode === 200 && status === 'active')
        return [{ what, ok: true, say: 'Twilio knows the account, and it is active' }];
      return [
        {
          what,
          ok: false,
          say: `Twilio answered ${statusCode}${typeof status === 'string' ? ` (${status})` : ''}: compare account and token with its console`,
        },
      ];
    } catch {
      return [{ what, ok: false, say: 'Twilio cannot be reached from here' }];
    }
  }

  return {
    provider: 'twilio',
    async send(messages) {
      if (closed) return messages.map(() => ({ result: 'retry', after: 1_000, why: 'this sender is closed' }));
      const work = Promise.all(messages.map(sendOne));
      underway.add(work);
      return await work.finally(() => underway.delete(work));
    },
    check,
    async close() {
      closed = true;
      await Promise.all(underway);
      // Whoever waits for an outcome has it before this ends.
      await new Promise(setImmediate);
    },
  };
}

/** E.164, as numbers are kept. */
const NUMBER = /^\+[1-9]\d{6,14}$/;

/** https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource */
function formOf(message: Outgoing, { sender }: TwilioSettings, { addresses }: Host): Record<string, string> {
  const left = message.expires === null ? null : Math.floor((message.expires - message.at) / 1_000);
  return {
    ...sender,
    To: message.to,
    Body: message.text,
    StatusCallback: `${addresses.publicUrl}/receipts/twilio?m=${encodeURIComponent(message.id)}`,
    // Twilio takes 1 to 36,000 seconds.
    ...(left !== null && { ValidityPeriod: String(Math.min(36_000, Math.max(1, left))) }),
  };
}

function answered({ statusCode, body, headers }: Answer): SendOutcome {
  const told = (readBody(body) ?? {}) as { sid?: unknown; code?: unknown };
  if (statusCode === 201 || statusCode === 200)
    return typeof told.sid === 'string'
      ? { result: 'accepted', providerId: told.sid }
      : { result: 'unknown', why: `Twilio answered ${statusCode} without naming the message` };
  const retryAfter = Number((headers as Record<string, unknown> | null)?.['retry-after']);
  return outcomeOf({
    status: statusCode,
    code: typeof told.code === 'number' ? told.code : null,
    retryAfter: Number.isFinite(retryAfter) && retryAfter > 0 ? Math.min(retryAfter, 3_600) : null,
  });
}

function readBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** Nobody was there to take it; anything else may have been an answer that got lost. */
const NOBODY =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT)/;

function unanswered(error: unknown): SendOutcome {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if ((typeof code === 'string' && NOBODY.test(code)) || syscall === 'connect')
    return { result: 'retry', after: 30_000, why: 'Twilio cannot be reached', down: true };
  return { result: 'unknown', why: 'Twilio gave no answer' };
}
