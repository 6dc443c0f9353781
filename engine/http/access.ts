// Who may use a route. A route that does not say cannot be registered, and what it says is enforced before its body is
// read: every route denies by default (P28).

import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { TropaError } from '../language/errors.ts';
import { type AccessDesk, ROLES, type Role } from '../runtime/access/book.ts';
import { type Caller, callerOfKey, callerOfSession, KEY_MARK } from '../runtime/access/sessions.ts';

/**
 * `open`: anybody, it tells nothing and changes nothing. `proven`: the handler asks for a key, a signature or a signed
 * token before it does anything. `local`: this machine alone. `session`: whoever signed in, or holds a key, with the
 * route's role.
 */
type Access = 'open' | 'proven' | 'local' | 'session';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Of a `session`. `anyone` is for the way in. */
    role?: Role | 'anyone';
  }
}

const CALLERS = new WeakMap<FastifyRequest, Caller>();

/** Makes the server refuse routes that do not say who may use them, and requests that may not. */
export function denyByDefault(app: FastifyInstance, desk: AccessDesk): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access === undefined)
      throw new Error(`The route ${String(method)} ${url} does not say who may use it.`);
    if ((config.access === 'session') !== (config.role !== undefined))
      throw new Error(`The route ${String(method)} ${url} does not say which role it needs.`);
  });
  app.addHook('onRequest', async (request) => {
    const { access, role } = request.routeOptions.config;
    if (access === 'local' && !isLocal(request)) throw new TropaError('E_FORBIDDEN', 'This is for the machine itself.');
    if (access === 'session') await admit(desk, request, role ?? 'admin');
  });
}

const rankOf = (role: Role): number => ROLES.indexOf(role);

async function admit(desk: AccessDesk, request: FastifyRequest, role: Role | 'anyone'): Promise<void> {
  const caller = await callerOf(desk, request);
  if (caller !== null) CALLERS.set(request, caller);
  if (role !== 'anyone') {
    if (caller === null) throw new TropaError('E_SIGN_IN', 'Sign in first.');
    if (rankOf(caller.role) < rankOf(role)) throw new TropaError('E_ROLE', `This is for the role ${role}.`);
  }
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads && caller?.key !== true && !isSameOrigin(request))
    throw new TropaError('E_FORBIDDEN', 'What changes something is asked for by pages of this server alone.');
}

/** Who asks, as admitted; null on routes for anyone. */
export const admitted = (request: FastifyRequest): Caller | null => CALLERS.get(request) ?? null;

/** Who asks: by a key, else by the session's cookie. A wrong key is nobody, whatever cookie comes with it. */
export async function callerOf(desk: AccessDesk, request: FastifyRequest): Promise<Caller | null> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, key = ''] = /^Bearer\s+(\S+)$/i.exec(authorization) ?? [];
    return key.startsWith(KEY_MARK) ? await callerOfKey(desk, key) : null;
  }
  const token = cookieOf(request);
  return token === null ? null : await callerOfSession(desk, token);
}

/** Behind https the browser itself sees to it that no other host and no plain page sets or reads it. */
export const cookieName = (request: FastifyRequest): string =>
  request.protocol === 'https' ? '__Host-tropa' : 'tropa';

/** The session's token, where the request brings one. */
export function cookieOf(request: FastifyRequest): string | null {
  const name = `${cookieName(request)}=`;
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(name))?.slice(name.length) ?? null;
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
