// `/v1/*`: Segment's HTTP Tracking API and the start of a journey by call. What a call means is `sources/segment.ts`'s.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { RawRequest } from '../ports/source.ts';
import type { HttpHost } from './host.ts';
import type { Metrics } from './metrics.ts';
import { sendProblem } from './problem.ts';
import { rawRequest, takeIn } from './take-in.ts';

const SINGLE_LIMIT = 32 * 1024;
const BATCH_LIMIT = 500 * 1024;

/** Serves `POST /v1/track identify alias page screen group batch import`. */
export function serveSegment(app: FastifyInstance, host: HttpHost, metrics: Metrics): void {
  for (const call of ['track', 'identify', 'alias', 'page', 'screen', 'group']) {
    app.post(`/v1/${call}`, { config: { access: 'proven' }, bodyLimit: SINGLE_LIMIT }, async (request, reply) => {
      const { source, raw } = authenticated(host, metrics, request);
      const { refused } = await takeIn(host, metrics, source, raw);
      const [first] = refused;
      return first === undefined ? { success: true } : sendProblem(reply, first.code, first.detail);
    });
  }
  for (const call of ['batch', 'import']) {
    app.post(`/v1/${call}`, { config: { access: 'proven' }, bodyLimit: BATCH_LIMIT }, async (request) => {
      const { source, raw } = authenticated(host, metrics, request);
      const { accepted, refused } = await takeIn(host, metrics, source, raw);
      return { accepted, refused };
    });
  }
}

/** The source whose write key the request brings. Throws TropaError `E_UNAUTHORIZED` or `E_MEDIA_TYPE`. */
export function authenticated(
  host: HttpHost,
  metrics: Metrics,
  request: FastifyRequest,
): { source: Source; raw: RawRequest } {
  const raw = rawRequest(host, request);
  const source = host
    .settings()
    .sources.find((candidate) => candidate.type === 'segment' && host.door(candidate).verify(raw).ok);
  if (source === undefined) {
    metrics.count('tropa_refused_total', { source: 'segment', code: 'E_UNAUTHORIZED' });
    throw new TropaError('E_UNAUTHORIZED', 'The write key is missing or wrong.');
  }
  requireJson(request);
  return { source, raw };
}

/** Refuses bodies that are not declared as plain JSON. Throws TropaError `E_MEDIA_TYPE`. */
function requireJson(request: FastifyRequest): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new TropaError('E_MEDIA_TYPE', 'The content type must be application/json.');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new TropaError('E_MEDIA_TYPE', 'The body must not be compressed.');
  }
}
