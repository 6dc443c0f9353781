// An SMS gateway of our own, as most are: a real HTTP server that takes JSON, forms or a query, and says in words of its own
// what became of it, each recipient as its number asks for.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TakenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** What was told, from wherever it stood. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SmsGateway {
  readonly url: string;
  readonly place: string;
  /** What it took, in order. */
  readonly taken: readonly TakenRequest[];
  close(): Promise<void>;
}

export const GATEWAY_NUMBERS = {
  takes: '+12025550123',
  /** 200 with an error in it. */
  refused: '+15005550001',
  /** 422. */
  invalid: '+15005550002',
  /** 429 for the first try, with Retry-After. */
  slow: '+15005550003',
  hangsUp: '+15005550005',
  silent: '+15005550006',
  broken: '+15005550500',
  /** 200 without an id. */
  nameless: '+15005550008',
  /** 200 with a page. */
  page: '+15005550009',
  locked: '+15005550401',
  moved: '+15005550302',
  accepted: '+15005550202',
} as const;

const STATUS: Readonly<Record<string, number>> = {
  [GATEWAY_NUMBERS.invalid]: 422,
  [GATEWAY_NUMBERS.broken]: 500,
  [GATEWAY_NUMBERS.locked]: 401,
  [GATEWAY_NUMBERS.moved]: 302,
};

/** Starts one on a free port of this machine, or on the port told. */
export async function startSmsGateway(port = 0): Promise<SmsGateway> {
  const taken: TakenRequest[] = [];
  const slowed = new Set<unknown>();
  const server = createServer((request, response) => {
    void answer(request, response, taken, slowed);
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${place}`,
    place,
    taken,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function fieldsOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (request.headers['content-type'] === 'application/json') return JSON.parse(text) as Record<string, unknown>;
  const query = text === '' ? new URL(request.url ?? '/', 'http://x').search : text;
  return Object.fromEntries(new URLSearchParams(query));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  taken: TakenRequest[],
  slowed: Set<unknown>,
): Promise<void> {
  const fields = await fieldsOf(request);
  const to = `+${String(fields.to).replace('+', '')}`;
  const say = (status: number, body: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const take = () => {
    taken.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, fields });
    return { status: 'OK', messages: [{ id: 1_000 + taken.length }], [to.slice(1)]: { id: `n${taken.length}` } };
  };
  const status = STATUS[to];
  if (status !== undefined) return say(status, { status: 'ERROR', about: to }, { location: 'http://127.0.0.1:1/' });
  if (to === GATEWAY_NUMBERS.slow && !slowed.has(fields.id)) {
    slowed.add(fields.id);
    return say(429, { status: 'WAIT' }, { 'retry-after': '7' });
  }
  if (to === GATEWAY_NUMBERS.refused) return say(200, { status: 'ERROR', error: { code: 1201 }, about: to });
  const words = take();
  if (to === GATEWAY_NUMBERS.hangsUp) return void response.destroy();
  if (to === GATEWAY_NUMBERS.silent) return;
  if (to === GATEWAY_NUMBERS.page) return say(200, '<html>Welcome</html>');
  if (to === GATEWAY_NUMBERS.nameless) return say(200, { status: 'OK', messages: [] });
  say(to === GATEWAY_NUMBERS.accepted ? 202 : 200, words);
}
