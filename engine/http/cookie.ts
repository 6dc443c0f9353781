// The session's cookie: begun and ended in one place, for the API and the pages of signing in.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessDesk, User } from '../runtime/access/book.ts';
import { beginSession, SESSION_LASTS } from '../runtime/access/sessions.ts';
import { cookieName } from './access.ts';

/** No script reads it, and no other site's form brings it. */
const attributes = (request: FastifyRequest): string =>
  `Path=/; HttpOnly; SameSite=Lax${request.protocol === 'https' ? '; Secure' : ''}`;

export function giveCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.header(
    'set-cookie',
    `${cookieName(request)}=${token}; Max-Age=${SESSION_LASTS / 1000}; ${attributes(request)}`,
  );
}

export function takeCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('set-cookie', `${cookieName(request)}=; Max-Age=0; ${attributes(request)}`);
}

/** A session anew: what changed about the user ended the one that asked. */
export async function goOn(
  desk: AccessDesk,
  user: User,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<void> {
  giveCookie(request, reply, await beginSession(desk, user));
}
