// `/healthz`, `/readyz`, `/metrics`: for whoever runs the process.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import { isLocal } from './access.ts';
import type { HttpHost } from './host.ts';
import type { Metrics } from './metrics.ts';

export function serveHealth(app: FastifyInstance, host: HttpHost, metrics: Metrics): void {
  app.get('/healthz', { config: { access: 'open' } }, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  app.get('/readyz', { config: { access: 'open' } }, async (_request, reply) => {
    const ready = await host.ready().catch(() => false);
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'unready' });
  });
  app.get('/metrics', { config: { access: 'proven' } }, async (request, reply) => {
    if (!isLocal(request) && !hasToken(request, host.metricsToken)) {
      throw new TropaError(
        'E_UNAUTHORIZED',
        'Metrics are for this machine, or for whoever brings METRICS_TOKEN as Bearer.',
      );
    }
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.text(await host.gauges()));
  });
}

function hasToken(request: FastifyRequest, token: string | null): boolean {
  const told = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === null || token === '' || told === undefined) return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(told), digest(token));
}
