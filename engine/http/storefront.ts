// `/tropa.js`: what a shop's pages load. The script itself is `assets/tropa.js`, served as it stands there.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

/** From the source as from `dist/`: assets are not compiled. */
const ASSETS = new URL(import.meta.url.endsWith('.ts') ? './assets/' : '../../../engine/http/assets/', import.meta.url);
/** Seconds a browser may keep the script without asking: a shop's pages come one after another. */
const KEEP = 3600;

/** Serves the storefront's script to any page: it holds nothing but code. */
export function serveStorefront(app: FastifyInstance): void {
  const plain = readFileSync(new URL('tropa.js', ASSETS));
  const packed = gzipSync(plain, { level: 9 });
  const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  app.get('/tropa.js', { config: { access: 'open' } }, (request, reply) => {
    reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', `public, max-age=${KEEP}`)
      .header('vary', 'Accept-Encoding')
      .header('etag', tag)
      // For pages that load it with `integrity`, or isolate themselves (COEP).
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin');
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
    const packs = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    return packs ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(plain);
  });
}
