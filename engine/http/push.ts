// Web push as browsers speak it: the service worker that shops load, subscriptions, and what the worker tells about a
// message. An endpoint is an address that anybody can make up: only one on a public host is kept (P23).

import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import type { JsonObject } from '../language/values.ts';
import type { RawRequest } from '../ports/source.ts';
import { servePreflights } from './cors.ts';
import type { HttpHost } from './host.ts';
import type { Metrics } from './metrics.ts';
import { sendProblem } from './problem.ts';
import { readReport, takeReport } from './push-reports.ts';
import { bodyOf, endpointOf, subscriptionOf, textOf } from './push-subscription.ts';
import { authenticated } from './segment.ts';
import { takeIn } from './take-in.ts';

const LIMIT = 16 * 1024;
/** Seconds: browsers look for a newer worker once a day at the latest, and soon after that must find it. */
const KEPT = 300;
const SCRIPT = import.meta.url.endsWith('.ts') ? './assets/push-sw.js' : '../../../engine/http/assets/push-sw.js';
type Tokened = { Params: { token: string } };

/** Serves `GET /push/sw.js`, `POST /push/subscribe`, `POST /push/unsubscribe` and the addresses that workers report to. */
export function servePush(app: FastifyInstance, host: HttpHost, metrics: Metrics): void {
  const script = readFileSync(new URL(SCRIPT, import.meta.url), 'utf8');
  app.get('/push/sw.js', { config: { access: 'open' } }, (_request, reply) =>
    reply
      .header('cache-control', `public, max-age=${KEPT}`)
      .header('service-worker-allowed', '/')
      .header('cross-origin-resource-policy', 'cross-origin')
      .type('text/javascript; charset=utf-8')
      .send(script),
  );

  const proven = { config: { access: 'proven' as const }, bodyLimit: LIMIT };
  const told = async (request: FastifyRequest, reply: FastifyReply, calls: (body: JsonObject) => JsonObject[]) => {
    const { source, raw } = authenticated(host, metrics, request, reply, { pages: true });
    const [first] = (await takeIn(host, metrics, source, asBatch(raw, calls(bodyOf(raw.body))))).refused;
    return first === undefined ? { success: true } : sendProblem(reply, first.code, first.detail);
  };
  app.post('/push/subscribe', proven, (request, reply) =>
    told(request, reply, (body) => subscribed(body, request, host.near)),
  );
  app.post('/push/unsubscribe', proven, (request, reply) => told(request, reply, unsubscribed));
  servePreflights(app, host, ['/push/subscribe', '/push/unsubscribe']);

  app.post<Tokened>('/push/report/:token', proven, async (request, reply) => {
    const target = host.links.read('report', request.params.token);
    if (target === null) throw new TropaError('E_NOT_FOUND', 'This link is incomplete, or has ended.');
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const agent = request.headers['user-agent'] ?? '';
    await takeReport(host, target.message, readReport(host, target.message, bodyOf(body), agent));
    return reply.code(204).header('cache-control', 'no-store').send();
  });
}

/** The subscription, and the yes it is, as calls that the key's own rules are applied to. */
function subscribed(body: JsonObject, request: FastifyRequest, near: readonly string[]): JsonObject[] {
  const subscription = subscriptionOf(body.subscription, near);
  const words = textOf(body, 'text', 2_000);
  if (words === null)
    throw new TropaError(
      'E_BAD_REQUEST',
      'A subscription needs text: the words by which the visitor was asked, kept as proof.',
    );
  const told = { version: textOf(body, 'version', 200), page: textOf(body, 'page', 2_048), ip: textOf(body, 'ip', 64) };
  const agent = textOf(body, 'agent', 300) ?? agentOf(request);
  const proof = {
    text: words,
    ...Object.fromEntries(Object.entries({ ...told, agent }).filter(([, value]) => value !== null)),
  };
  const { page } = told;
  const context = page === null ? {} : { page: { url: page } };
  return [
    {
      ...whoOf(body),
      event: 'push.subscribed',
      properties: { ...subscription, ...(agent !== null && { agent }) },
    },
    {
      ...whoOf(body),
      event: 'consent.granted',
      properties: { channel: 'push', source: 'browser', ...proof },
      context,
    },
  ];
}

/** The browser, where it is one that calls; a server calls for somebody else. (What address a page has, its key's rules say.) */
function agentOf({ headers }: FastifyRequest): string | null {
  return headers.origin === undefined ? null : (headers['user-agent']?.slice(0, 300) ?? null);
}

function unsubscribed(body: JsonObject): JsonObject[] {
  return [{ ...whoOf(body), event: 'push.unsubscribed', properties: { endpoint: endpointOf(body) } }];
}

/** Whom it is about, as the tracking API names them. */
function whoOf({ userId, anonymousId }: JsonObject): JsonObject {
  return { type: 'track', ...(userId !== undefined && { userId }), ...(anonymousId !== undefined && { anonymousId }) };
}

/** The same request as a batch of the tracking API: what a public key may say of whom is decided in one place. */
function asBatch(raw: RawRequest, batch: readonly JsonObject[]): RawRequest {
  const { writeKey } = bodyOf(raw.body);
  const body = Buffer.from(JSON.stringify({ batch, ...(writeKey !== undefined && { writeKey }) }));
  return { ...raw, headers: { ...raw.headers, ':path': '/v1/batch' }, body };
}
