// The HTTP server: limits, logging, and which files serve what. No adapter is known here, and no request is trusted.

import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { denyByDefault } from './access.ts';
import { serveDashboardApi } from './api/serve.ts';
import { serveConfirm } from './confirm.ts';
import { serveDashboard } from './dashboard.ts';
import { serveHealth } from './health.ts';
import { hearOut } from './hear-out.ts';
import { serveHooks } from './hooks.ts';
import type { HttpHost } from './host.ts';
import { serveInbox } from './inbox.ts';
import { Metrics } from './metrics.ts';
import { serveOidc } from './oidc.ts';
import { servePreferences } from './preferences.ts';
import { answerError, problemOf, sendProblem } from './problem.ts';
import { servePush } from './push.ts';
import { serveReceipts } from './receipts.ts';
import { serveSegment } from './segment.ts';
import { serveSignIn } from './sign-in.ts';
import { serveStart } from './start.ts';
import { serveStorefront } from './storefront.ts';
import { serveTracking } from './tracking.ts';

/** How long the server waits for a request to arrive, in real milliseconds: slow drips hold no connection. */
export interface Patience {
  /** For its head. */
  readonly head: number;
  /** For all of it. */
  readonly whole: number;
  /** How often connections are looked at. */
  readonly look: number;
}

const PATIENCE: Patience = { head: 5_000, whole: 10_000, look: 1_000 };
const unused = (): never => {
  throw new Error('routes have no schemas of Fastify’s');
};
const BODY_LIMIT = 64 * 1024;

export interface ServerOptions {
  readonly patience?: Patience;
  /** Without, only whoever runs the process is answered: a worker's. */
  readonly doors?: boolean;
}

/** Everything of HTTP that is for storefronts, readers and operators. Not yet listening. */
export function createServer(
  host: HttpHost,
  { patience = PATIENCE, doors = true }: ServerOptions = {},
): FastifyInstance {
  const app = Fastify({
    loggerInstance: host.logger,
    // Fastify's own request log has the address with its token in it (P30).
    logController: new LogController({ disableRequestLogging: true }),
    // Only a proxy on this machine or network is believed about whom it speaks for; the address is kept as consent's proof.
    trustProxy: ['loopback', 'linklocal', 'uniquelocal'],
    bodyLimit: BODY_LIMIT,
    // No route has a schema of Fastify's, each reads what it takes: its compilers (ajv and more) are not even loaded.
    schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
    requestTimeout: patience.whole,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 8192 },
    http: { headersTimeout: patience.head, connectionsCheckingInterval: patience.look, maxHeaderSize: 16_384 },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    clientErrorHandler(error, socket) {
      // A response may be under way already; then the connection is only closed.
      if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
      const large = error.code === 'HPE_HEADER_OVERFLOW';
      const status = late ? 408 : large ? 431 : 400;
      const body = JSON.stringify(
        problemOf(late ? 'E_TIMEOUT' : 'E_BAD_REQUEST', 'The request could not be read.', status),
      );
      const head = `HTTP/1.1 ${status} Error\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
      socket.end(head + body);
    },
  });
  const metrics = new Metrics();
  denyByDefault(app, host);
  // Sources verify bytes, and each route knows what it takes: bodies stay as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: Error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'E_NOT_FOUND', 'There is nothing at this address.'));
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (reply.statusCode === 413) await hearOut(request, patience.whole);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    metrics.count('tropa_http_requests_total', { method, route, status: String(reply.statusCode) });
    request.log.debug({ method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
    done();
  });
  serveHealth(app, host, metrics);
  if (doors) serveDoors(app, host, metrics);
  return app;
}

function serveDoors(app: FastifyInstance, host: HttpHost, metrics: Metrics): void {
  serveSegment(app, host, metrics);
  serveStart(app, host, metrics);
  serveStorefront(app);
  serveHooks(app, host, metrics);
  serveReceipts(app, host, metrics);
  servePush(app, host, metrics);
  serveTracking(app, host);
  servePreferences(app, host);
  serveConfirm(app, host);
  serveInbox(app, host);
  serveSignIn(app, host);
  serveOidc(app, host);
  serveDashboardApi(app, host);
  serveDashboard(app, host);
}
