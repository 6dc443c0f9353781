// Which pages may call from a browser (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol): those a source lists
// under `origins`, and nobody else. It is asked only of what a page may use.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings, Source } from '../language/settings.ts';
import type { HttpHost } from './host.ts';

/** Seconds a browser may remember that it may ask. */
const REMEMBER = 7200;
const METHODS = 'GET, POST';
/** `x-retry-count` is what Segment's library sends along. */
const HEADERS = 'authorization, content-type, x-retry-count';

/** Answers the browsers' question whether they may call under these paths. */
export function servePreflights(app: FastifyInstance, host: HttpHost, paths: readonly string[]): void {
  for (const path of paths)
    app.options(path, { config: { access: 'open' } }, (request, reply) => {
      reply.header('vary', 'Origin');
      if (isAllowed(host.settings(), request.headers.origin))
        reply
          .header('access-control-allow-origin', request.headers.origin)
          .header('access-control-allow-methods', METHODS)
          .header('access-control-allow-headers', HEADERS)
          .header('access-control-max-age', String(REMEMBER));
      return reply.code(204).send();
    });
}

/** Lets the page read the answer, where the source lists it. */
export function letRead(request: FastifyRequest, reply: FastifyReply, source: Source): void {
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (origin !== undefined && originsOf(source).has(origin)) reply.header('access-control-allow-origin', origin);
}

/** True for a call that no page made, or a page of this source's, or one of this very server. */
export function comesFrom(request: FastifyRequest, source: Source, publicUrl: string): boolean {
  const { origin } = request.headers;
  return origin === undefined || origin === new URL(publicUrl).origin || originsOf(source).has(origin);
}

function isAllowed(settings: Settings, origin: string | undefined): boolean {
  return origin !== undefined && settings.sources.some((source) => originsOf(source).has(origin));
}

/** Settings are replaced as a whole by `deploy`. */
const read = new WeakMap<Source, ReadonlySet<string>>();

/** As browsers write an origin: without path, port of the scheme, or a slash at its end. */
function originsOf(source: Source): ReadonlySet<string> {
  let known = read.get(source);
  if (known === undefined) {
    const told = [source.options.origins ?? []].flat();
    known = new Set(told.flatMap((url) => (typeof url === 'string' && URL.canParse(url) ? [new URL(url).origin] : [])));
    read.set(source, known);
  }
  return known;
}
