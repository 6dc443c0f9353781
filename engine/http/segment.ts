// `/v1/*`: Segment's HTTP Tracking API, as servers speak it and as its browser library does. What a call means is
// `sources/segment.ts`'s.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { RawRequest } from '../ports/source.ts';
import { comesFrom, letRead, servePreflights } from './cors.ts';
import type { HttpHost } from './host.ts';
import type { Metrics } from './metrics.ts';
import { sendProblem } from './problem.ts';
import { rawRequest, type Taken, takeIn } from './take-in.ts';

const SINGLE_LIMIT = 32 * 1024;
const BATCH_LIMIT = 500 * 1024;
const JSON_ALONE = new Set(['application/json']);
/** Pages send JSON as plain text, which browsers let them do without asking first. */
const PAGES_TYPES = new Set(['application/json', 'text/plain']);
/** The calls as `@segment/analytics-next` names them. */
const LETTERS = { t: 'track', i: 'identify', p: 'page', g: 'group', a: 'alias', s: 'screen', b: 'batch' } as const;

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<object>;

/** Serves `POST /v1/track identify alias page screen group batch import`, the same by letter, and the library's settings. */
export function serveSegment(app: FastifyInstance, host: HttpHost, metrics: Metrics): void {
  const take = (request: FastifyRequest, reply: FastifyReply, call: string): Promise<Taken> => {
    const { source, raw } = authenticated(host, metrics, request, reply, { pages: call !== 'import' });
    // A letter's call is read like the one it stands for.
    return takeIn(host, metrics, source, { ...raw, headers: { ...raw.headers, ':path': `/v1/${call}` } });
  };
  const single = (call: string): Handler => {
    return async (request, reply) => {
      const [first] = (await take(request, reply, call)).refused;
      return first === undefined ? { success: true } : sendProblem(reply, first.code, first.detail);
    };
  };
  const many = (call: string): Handler => {
    return async (request, reply) => {
      const { accepted, refused } = await take(request, reply, call);
      return { accepted, refused };
    };
  };
  const proven = { access: 'proven' } as const;
  for (const call of ['track', 'identify', 'alias', 'page', 'screen', 'group'])
    app.post(`/v1/${call}`, { config: proven, bodyLimit: SINGLE_LIMIT }, single(call));
  for (const call of ['batch', 'import'])
    app.post(`/v1/${call}`, { config: proven, bodyLimit: BATCH_LIMIT }, many(call));
  for (const [letter, call] of Object.entries(LETTERS)) {
    const [handler, bodyLimit] = call === 'batch' ? [many(call), BATCH_LIMIT] : [single(call), SINGLE_LIMIT];
    app.post(`/v1/${letter}`, { config: proven, bodyLimit }, handler);
  }
  serveLibrarySettings(app, host);
  servePreflights(app, host, ['/v1/:call', '/v1/projects/:key/settings']);
}

/** What `@segment/analytics-next` asks for before anything else: where its calls go. Only a public key is known here. */
function serveLibrarySettings(app: FastifyInstance, host: HttpHost): void {
  const path = '/v1/projects/:key/settings';
  app.get<{ Params: { key: string } }>(path, { config: { access: 'open' } }, (request, reply) => {
    const { key } = request.params;
    const source = host
      .settings()
      .sources.find(({ type, options }) => type === 'segment' && [options.browser_key].flat().includes(key));
    if (source === undefined) throw new TropaError('E_NOT_FOUND', 'There is no project with this key.');
    letRead(request, reply, source);
    const { protocol, host: name } = new URL(host.publicUrl);
    return reply.header('cache-control', 'public, max-age=300').send({
      integrations: {
        'Segment.io': {
          apiKey: key,
          apiHost: `${name}/v1`,
          protocol: protocol.slice(0, -1),
          versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
        },
      },
      plan: {
        track: { __default: { enabled: true, integrations: {} } },
        identify: { __default: { enabled: true } },
        group: { __default: { enabled: true } },
      },
      edgeFunction: {},
      enabledMiddleware: {},
      metrics: { sampleRate: 0 },
      remotePlugins: [],
      legacyVideoPluginsEnabled: false,
    });
  });
}

/**
 * The source whose key the request brings. `pages`: a public key will do, and pages of the source's `origins` may read
 * the answer. Throws TropaError `E_UNAUTHORIZED`, `E_FORBIDDEN` or `E_MEDIA_TYPE`.
 */
export function authenticated(
  host: HttpHost,
  metrics: Metrics,
  request: FastifyRequest,
  reply: FastifyReply,
  { pages }: { readonly pages: boolean },
): { source: Source; raw: RawRequest } {
  const raw = rawRequest(host, request);
  const found = sourceOf(host, raw);
  if (found === null) {
    metrics.count('tropa_refused_total', { source: 'segment', code: 'E_UNAUTHORIZED' });
    request.log.info({ source: 'segment', why: whyUnknown(host, raw) }, 'a call was not authentic');
    throw new TropaError('E_UNAUTHORIZED', 'The write key is missing or wrong.');
  }
  const { source, browser } = found;
  const why = browser ? whyNotFromPage(host, request, source, pages) : null;
  if (why !== null) {
    metrics.count('tropa_refused_total', { source: source.name, code: 'E_FORBIDDEN' });
    // A page of one's own that is not listed is what most often goes wrong.
    const origin = request.headers.origin?.slice(0, 200);
    request.log.info({ source: source.name, why, ...(origin !== undefined && { origin }) }, 'a page was refused');
    throw new TropaError('E_FORBIDDEN', why);
  }
  if (browser) letRead(request, reply, source);
  requireType(request, browser ? PAGES_TYPES : JSON_ALONE);
  return { source, raw };
}

function sourceOf(host: HttpHost, raw: RawRequest): { source: Source; browser: boolean } | null {
  for (const source of host.settings().sources) {
    if (source.type !== 'segment') continue;
    const verdict = host.door(source).verify(raw);
    if (verdict.ok) return { source, browser: verdict.browser === true };
  }
  return null;
}

/** As the first door says: all of them say the same. */
function whyUnknown(host: HttpHost, raw: RawRequest): string {
  const source = host.settings().sources.find(({ type }) => type === 'segment');
  const verdict = source === undefined ? null : host.door(source).verify(raw);
  return verdict === null ? 'there is no source of type segment' : verdict.ok ? '' : verdict.why;
}

function whyNotFromPage(host: HttpHost, request: FastifyRequest, source: Source, pages: boolean): string | null {
  if (!pages) return 'A browser_key cannot do this: use the write_key on a server.';
  return comesFrom(request, source, host.publicUrl) ? null : 'This page is not among the origins of the source.';
}

/** Refuses bodies that are not declared as plain JSON. Throws TropaError `E_MEDIA_TYPE`. */
function requireType(request: FastifyRequest, types: ReadonlySet<string>): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!types.has(type)) throw new TropaError('E_MEDIA_TYPE', `The content type must be ${[...types].join(' or ')}.`);
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new TropaError('E_MEDIA_TYPE', 'The body must not be compressed.');
}
