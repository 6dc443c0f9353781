// A push service of our own: takes messages over real HTTP(S), verifies their sender, decrypts them as the subscriber's
// browser would, and behaves as each subscription's mood says.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { decrypt, newSubscriber, readVapid, type Subscriber, type VapidClaims } from './push-decrypt.ts';

export type Mood =
  | 'takes'
  | 'gone' // 410
  | 'unknown' // 404
  | 'too-long' // 413
  | 'busy' // 429 with Retry-After once, then takes
  | 'down' // 503
  | 'broken' // 500
  | 'drops' // reads it all and closes the connection
  | 'hangs' // reads it all and says nothing
  | 'moved'; // 307

export interface TakenPush {
  readonly endpoint: string;
  readonly payload: Record<string, unknown>;
  readonly ttl: number;
  readonly urgency: string | undefined;
  readonly topic: string | undefined;
  readonly sender: VapidClaims;
}

/** A subscription as a browser hands it out. */
export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface PushService {
  readonly url: string;
  /** `host:port`, for the guarded client's list. */
  readonly place: string;
  readonly taken: TakenPush[];
  /** Every request that came in, by path. */
  readonly asked: string[];
  /** A new subscription; `key`: restricted to this sender (RFC 8292 section 4). */
  subscribe(mood?: Mood, key?: string): Subscription;
  mood(subscription: Subscription, mood: Mood): void;
  /** Stops listening, or listens again at the same port. */
  reachable(yes: boolean): Promise<void>;
  close(): Promise<void>;
}

interface Known {
  readonly subscriber: Subscriber;
  readonly key: string | undefined;
  mood: Mood;
}

/** Seconds a busy service asks to wait. */
export const BUSY_SECONDS = 30;
const STATUS: Partial<Record<Mood, number>> = { gone: 410, unknown: 404, 'too-long': 413, down: 503, broken: 500 };

/** Starts a service on a free port of this machine; with `tls` it speaks HTTPS as `localhost`. */
export async function startPushService(tls?: { key: string; cert: string }): Promise<PushService> {
  const known = new Map<string, Known>();
  const taken: TakenPush[] = [];
  const asked: string[] = [];
  const place = { port: 0, url: '' };

  const answer = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const path = request.url ?? '';
    asked.push(path);
    const one = known.get(path);
    if (one === undefined) return void response.writeHead(404).end();
    const sender = senderOf(request, place.url);
    if (sender === null || (one.key !== undefined && one.key !== sender.key)) return void response.writeHead(403).end();
    if (inMood(one, response)) return;
    if (body.length > 4096) return void response.writeHead(413).end();
    const payload = JSON.parse(decrypt(body, one.subscriber).toString('utf8')) as Record<string, unknown>;
    taken.push({
      endpoint: `${place.url}${path}`,
      payload,
      ttl: Number(request.headers.ttl),
      urgency: request.headers.urgency as string | undefined,
      topic: request.headers.topic as string | undefined,
      sender,
    });
    response.writeHead(201, { location: `${place.url}/message/${taken.length}` }).end();
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks)));
  };
  let server = await listen(listener, 0, tls);
  place.port = (server.address() as AddressInfo).port;
  place.url = tls === undefined ? `http://127.0.0.1:${place.port}` : `https://localhost:${place.port}`;

  return {
    url: place.url,
    place: new URL(place.url).host,
    taken,
    asked,
    subscribe: (mood = 'takes', key) => {
      const subscriber = newSubscriber();
      const path = `/send/${known.size}-${subscriber.auth}`;
      known.set(path, { subscriber, key, mood });
      return { endpoint: `${place.url}${path}`, keys: { p256dh: subscriber.p256dh, auth: subscriber.auth } };
    },
    mood: ({ endpoint }, mood) => {
      const one = known.get(new URL(endpoint).pathname);
      if (one !== undefined) one.mood = mood;
    },
    reachable: async (yes) => {
      if (yes) server = await listen(listener, place.port, tls);
      else await stop(server);
    },
    close: () => stop(server),
  };
}

/** True when the mood has answered already. */
function inMood(one: Known, response: ServerResponse): boolean {
  const status = STATUS[one.mood];
  if (status !== undefined) response.writeHead(status).end();
  else if (one.mood === 'busy') {
    one.mood = 'takes';
    response.writeHead(429, { 'retry-after': String(BUSY_SECONDS) }).end();
  } else if (one.mood === 'moved') response.writeHead(307, { location: '/elsewhere' }).end();
  else if (one.mood === 'drops') response.destroy();
  else return one.mood === 'hangs';
  return true;
}

/** The sender, where the service would accept its word: for this service, of today, with somebody to turn to. */
function senderOf(request: IncomingMessage, origin: string): VapidClaims | null {
  try {
    const claims = readVapid(request.headers.authorization ?? '');
    const left = claims.exp - Date.now() / 1000;
    const good = claims.aud === origin && left > 0 && left <= 24 * 3_600 && /^(mailto:|https:)/.test(claims.sub);
    return good ? claims : null;
  } catch {
    return null;
  }
}

async function listen(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
  tls?: { key: string; cert: string },
): Promise<Server> {
  const server = tls === undefined ? createServer(listener) : (createSecureServer(tls, listener) as unknown as Server);
  await new Promise<void>((done) => server.listen(port, tls === undefined ? '127.0.0.1' : 'localhost', done));
  return server;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}
