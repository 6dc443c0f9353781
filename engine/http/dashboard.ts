// The dashboard's files, as `vite build` left them, and its first page for every address of its own. What the browser may
// run and load is said here: its own files, nothing written into a page, nothing from elsewhere.

import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessDesk } from '../runtime/access/book.ts';
import { callerOf } from './access.ts';

/** From the source as from `dist/`. */
const BUILT = new URL(
  import.meta.url.endsWith('.ts') ? '../../dashboard/dist/' : '../../../dashboard/dist/',
  import.meta.url,
);
const OPEN = { config: { access: 'open' as const } };

/** Addresses the dashboard answers itself; each also with more behind it. Routes of others (`/inbox`, `/v1` …) are none of these. */
export const PLACES: readonly string[] = [
  'journeys',
  'people',
  'messages',
  'sandbox',
  'segments',
  'reports',
  'settings',
];

/** Styles are set on elements by the layout library; scripts and everything else come from files of this server alone. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

interface BuiltFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
}

/** Serves the dashboard where it was built; without, its addresses do not exist. Who is not signed in is led to the way in. */
export function serveDashboard(app: FastifyInstance, desk: AccessDesk): void {
  const files = readBuilt();
  const page = files.get('index.html');
  if (page === undefined) return;
  const sendPage = async (request: FastifyRequest, reply: FastifyReply) => {
    if ((await callerOf(desk, request)) === null)
      return reply.header('cache-control', 'no-store').redirect('/login', 303);
    return send(
      request,
      reply
        .header('content-security-policy', POLICY)
        .header('referrer-policy', 'same-origin')
        .header('cache-control', 'no-cache')
        .header('x-frame-options', 'DENY'),
      page,
    );
  };
  app.get('/', OPEN, sendPage);
  for (const place of PLACES) {
    app.get(`/${place}`, OPEN, sendPage);
    app.get(`/${place}/*`, OPEN, sendPage);
  }
  for (const [path, file] of files) {
    if (path === 'index.html') continue;
    // Their names change with what is in them.
    app.get(`/${path}`, OPEN, (request, reply) =>
      send(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), file),
    );
  }
}

function send(request: FastifyRequest, reply: FastifyReply, { type, plain, packed }: BuiltFile): FastifyReply {
  reply.type(type).header('vary', 'Accept-Encoding');
  const packs = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  return packs ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(plain);
}

function readBuilt(): Map<string, BuiltFile> {
  const files = new Map<string, BuiltFile>();
  try {
    for (const name of ['index.html', ...readdirSync(new URL('assets/', BUILT)).map((one) => `assets/${one}`)]) {
      const plain = readFileSync(new URL(name, BUILT));
      const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
      files.set(name, { type, plain, packed: gzipSync(plain) });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  return files;
}
