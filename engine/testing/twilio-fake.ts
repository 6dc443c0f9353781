// A Twilio of our own: a real HTTP server that answers to "create a message" as the documentation says, each recipient as
// its number asks for, and calls back with signatures made by Twilio's own code.
// https://www.twilio.com/docs/messaging/api/message-resource · https://www.twilio.com/docs/iam/test-credentials

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import webhooks from 'twilio/lib/webhooks/webhooks.js';

export const ACCOUNT = `AC${'0'.repeat(31)}1`;
export const TOKEN = 'a token of this test';

export interface TwilioFake {
  readonly url: string;
  /** Forms of the messages it took, in order. */
  readonly taken: readonly Readonly<Record<string, string>>[];
  /** Calls back about its nth message, at `to` instead of the host it was told. */
  tell(n: number, status: string, to: string, code?: number): Promise<Response>;
  /** A person writes to our number. */
  write(from: string, text: string, to: string, publicUrl: string): Promise<Response>;
  close(): Promise<void>;
}

/** Error by the last digits of the recipient; 429 and what hangs up are below. */
const ERRORS: Readonly<Record<string, readonly [number, number]>> = {
  '0001': [400, 21211],
  '0009': [400, 21614],
  '0004': [400, 21610],
  '0007': [400, 30007],
  '0500': [500, 20500],
  '0503': [503, 20503],
};
export const NUMBERS = {
  takes: '+12025550123',
  invalid: '+15005550001',
  landline: '+15005550009',
  optedOut: '+15005550004',
  filtered: '+15005550007',
  broken: '+15005550500',
  unavailable: '+15005550503',
  /** 429 for the first try, with Retry-After. */
  slow: '+15005550003',
  /** Takes it and closes without an answer. */
  hangsUp: '+15005550005',
  /** Takes it and never answers. */
  silent: '+15005550006',
} as const;

/** Starts one on a free port of this machine, or on the port told. */
export async function startTwilio(port = 0): Promise<TwilioFake> {
  const taken: Record<string, string>[] = [];
  const slowed = new Set<string>();
  const server = createServer((request, response) => {
    void answer(request, response, taken, slowed);
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    taken,
    tell: (n, status, to, code) => {
      const callback = taken[n]?.StatusCallback ?? '';
      const form = {
        AccountSid: ACCOUNT,
        MessageSid: sidOf(n),
        MessageStatus: status,
        To: taken[n]?.To ?? '',
        ...(code !== undefined && { ErrorCode: String(code) }),
      };
      return call(callback, callback.replace(new URL(callback).origin, to), form);
    },
    write: (from, text, to, publicUrl) =>
      call(`${publicUrl}/receipts/twilio`, `${to}/receipts/twilio`, {
        AccountSid: ACCOUNT,
        MessageSid: `SM${from.slice(1)}`,
        SmsStatus: 'received',
        From: from,
        To: '+12025550100',
        Body: text,
      }),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

const sidOf = (n: number): string => `SM${String(n).padStart(32, '0')}`;

/** A call that is signed for the address as it is known outside, and made to where it is reached from here. */
function call(signed: string, reached: string, form: Record<string, string>): Promise<Response> {
  return fetch(reached, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(TOKEN, signed, form),
    },
    body: new URLSearchParams(form).toString(),
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  taken: Record<string, string>[],
  slowed: Set<string>,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const fail = (status: number, code: number, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    const more_info = `https://www.twilio.com/docs/errors/${code}`;
    response.end(JSON.stringify({ code, message: `The number ${form.To} …`, more_info, status }));
  };
  const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString('utf8')));
  const wanted = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`;
  if (request.headers.authorization !== wanted) return fail(401, 20003);
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ sid: ACCOUNT, status: 'active' }));
    return;
  }
  const to = form.To ?? '';
  const error = ERRORS[to.slice(-4)];
  if (error !== undefined && to.startsWith('+1500555')) return fail(...error);
  if (to === NUMBERS.slow && !slowed.has(to)) {
    slowed.add(to);
    return fail(429, 20429, { 'retry-after': '7' });
  }
  taken.push(form);
  if (to === NUMBERS.hangsUp) return void request.socket.destroy();
  if (to === NUMBERS.silent) return;
  response.writeHead(201, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ sid: sidOf(taken.length - 1), status: 'queued', error_code: null }));
}
