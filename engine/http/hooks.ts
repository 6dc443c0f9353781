// `POST /hooks/:source`: a storefront's webhooks. Unsigned or stale is 401 and leaves nothing behind; anything else is
// answered only when it is durable (I2).

import type { FastifyInstance } from 'fastify';
import { TropaError } from '../language/errors.ts';
import type { HttpHost } from './host.ts';
import type { Metrics } from './metrics.ts';
import { sendProblem } from './problem.ts';
import { rawRequest, takeIn } from './take-in.ts';

/** Storefronts send whole orders and products; a megabyte is several times the largest seen. */
const LIMIT = 1024 * 1024;

export function serveHooks(app: FastifyInstance, host: HttpHost, metrics: Metrics): void {
  const options = { config: { access: 'proven' as const }, bodyLimit: LIMIT };
  app.post<{ Params: { source: string } }>('/hooks/:source', options, async (request, reply) => {
    const source = host
      .settings()
      .sources.find(({ name, type }) => name === request.params.source && type !== 'segment');
    if (source === undefined) throw new TropaError('E_NOT_FOUND', 'There is no source with this name.');
    const raw = rawRequest(host, request);
    const verdict = host.door(source).verify(raw);
    if (!verdict.ok) {
      metrics.count('tropa_refused_total', { source: source.name, code: 'E_UNAUTHORIZED' });
      request.log.info({ source: source.name, why: verdict.why }, 'a webhook was not authentic');
      return sendProblem(reply, 'E_UNAUTHORIZED', 'The signature is missing, wrong or stale.');
    }
    const { accepted, refused } = await takeIn(host, metrics, source, raw);
    const [first] = refused;
    // A webhook of which nothing is good is wrong as a request.
    return accepted === 0 && first !== undefined ? sendProblem(reply, first.code, first.detail) : { accepted, refused };
  });
}
