// `/login/oidc`: signing in by the company's own provider (OpenID Connect: discovery, authorization code with PKCE, state
// and nonce). The provider vouches for an address; who may come in, and as what, is decided here.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Configuration } from 'openid-client';
import { TropaError } from '../language/errors.ts';
import { noteAudit } from '../runtime/access/audit.ts';
import { beginSession } from '../runtime/access/sessions.ts';
import { vouchedUser } from '../runtime/access/users.ts';
import { isLoopback } from './access.ts';
import { giveCookie } from './cookie.ts';
import type { HttpHost } from './host.ts';
import { placeOf } from './problem.ts';

const ROUTE = { config: { access: 'proven' as const } };
const BACK = '/login/oidc/callback';
const COOKIE = 'tropa-oidc';
/** Within which one comes back from the provider. */
const LASTS = 10 * 60_000;

interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly until: number;
}

type Library = typeof import('openid-client');

/** Serves it where the settings name a provider. */
export function serveOidc(app: FastifyInstance, host: HttpHost): void {
  const { oidc } = host;
  if (oidc === undefined) return;
  let known: Promise<{ library: Library; provider: Configuration }> | null = null;
  // Found when somebody first needs it, and looked for again after a failure: a provider that is away stops no start.
  const found = () => {
    known ??= discover(oidc).catch((error) => {
      known = null;
      throw error;
    });
    return known;
  };
  app.get('/login/oidc', ROUTE, async (request, reply) => {
    const { library, provider } = await orAway(request, found());
    const journey: Journey = {
      state: library.randomState(),
      nonce: library.randomNonce(),
      verifier: library.randomPKCECodeVerifier(),
      until: host.now() + LASTS,
    };
    const there = library.buildAuthorizationUrl(provider, {
      redirect_uri: host.publicUrl + BACK,
      scope: 'openid email',
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await library.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    keep(request, reply, host, journey);
    return reply.header('cache-control', 'no-store').redirect(there.href, 303);
  });
  app.get(BACK, ROUTE, async (request, reply) => {
    const journey = journeyOf(request, host);
    reply.header('set-cookie', `${COOKIE}=; Max-Age=0; Path=/login/oidc; HttpOnly; SameSite=Lax`);
    if (journey === null) throw new TropaError('E_OIDC', 'Nobody here began this sign-in, or it took too long.');
    const { library, provider } = await orAway(request, found());
    const claims = await orAway(
      request,
      library
        .authorizationCodeGrant(provider, new URL(request.url, host.publicUrl), {
          pkceCodeVerifier: journey.verifier,
          expectedState: journey.state,
          expectedNonce: journey.nonce,
        })
        .then((tokens) => tokens.claims()),
    );
    if (typeof claims?.email !== 'string' || claims.email_verified !== true)
      throw new TropaError('E_OIDC', 'The provider vouches for no address.');
    const user = await vouchedUser(host, claims.email, oidc);
    giveCookie(request, reply, await beginSession(host, user));
    await noteAudit(host, { at: host.now(), who: user.email, what: 'signed in by the provider', target: null });
    return reply.header('cache-control', 'no-store').redirect('/', 303);
  });
}

async function discover({ issuer, clientId, clientSecret }: NonNullable<HttpHost['oidc']>) {
  const library = await import('openid-client');
  const url = new URL(issuer);
  const execute = isLoopback(url.hostname) ? [library.allowInsecureRequests] : [];
  return {
    library,
    provider: await library.discovery(url, clientId, clientSecret, undefined, { execute, timeout: 10 }),
  };
}

/** What a provider did wrong is logged by place; its words may hold tokens (P30). */
async function orAway<Value>(request: FastifyRequest, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    request.log.warn({ fault: placeOf(error) }, 'signing in by the provider failed');
    throw new TropaError('E_OIDC', 'The provider did not sign anybody in.');
  }
}

/** Signed, so that no neighbour under the same name can plant one of its own. */
function keep(request: FastifyRequest, reply: FastifyReply, host: HttpHost, journey: Journey): void {
  const text = Buffer.from(JSON.stringify(journey)).toString('base64url');
  const secure = request.protocol === 'https' ? '; Secure' : '';
  reply.header(
    'set-cookie',
    `${COOKIE}=${text}.${signed(host, text)}; Max-Age=${LASTS / 1000}; Path=/login/oidc; HttpOnly; SameSite=Lax${secure}`,
  );
}

function journeyOf(request: FastifyRequest, host: HttpHost): Journey | null {
  const [, text = '', mark = ''] = /(?:^|;\s*)tropa-oidc=([\w-]+)\.([\w-]+)/.exec(request.headers.cookie ?? '') ?? [];
  const [right, told] = [Buffer.from(signed(host, text)), Buffer.from(mark)];
  if (right.length !== told.length || !timingSafeEqual(right, told)) return null;
  const journey = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Journey;
  return journey.until > host.now() ? journey : null;
}

const signed = ({ secret }: HttpHost, text: string): string =>
  createHmac('sha256', secret).update(`tropa oidc ${text}`).digest('base64url');
