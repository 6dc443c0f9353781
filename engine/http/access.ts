// Who may use a route. A route that does not say cannot be registered, and what it says is enforced before its body is
// read: every route denies by default (P28).

import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { TropaError } from '../language/errors.ts';

/**
 * `open`: anybody, it tells nothing and changes nothing. `proven`: the handler asks for a key, a signature or a signed
 * token before it does anything. `local`: this machine alone.
 */
type Access = 'open' | 'proven' | 'local';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** Makes the server refuse routes that do not say who may use them, and requests that may not. */
export function denyByDefault(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`The route ${String(route.method)} ${route.url} does not say who may use it.`);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const local = request.routeOptions.config.access === 'local';
    done(local && !isLocal(request) ? new TropaError('E_FORBIDDEN', 'This is for the machine itself.') : undefined);
  });
}

/**
 * True for a request made on this machine, to this machine. One that a proxy handed on, or that reached a loopback
 * address under another host's name (DNS rebinding), is not.
 */
export function isLocal(request: FastifyRequest): boolean {
  const { headers } = request;
  const handedOn = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'].some(
    (name) => headers[name] !== undefined,
  );
  return !handedOn && isLoopback(request.socket.remoteAddress ?? '') && isLoopback(hostName(headers.host ?? ''));
}

const hostName = (host: string): string => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/** True for `localhost` and loopback addresses in any spelling. */
export function isLoopback(address: string): boolean {
  if (address.toLowerCase() === 'localhost') return true;
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/**
 * True when a browser vouches that the form was sent from a page of this very server (P28): `Sec-Fetch-Site` where the
 * browser speaks it, else `Origin`. Without either there is no proof.
 */
export function isSameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = request.headers;
  return origin !== undefined && host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
