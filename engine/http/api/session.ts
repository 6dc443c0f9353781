// Signing in and out, and what one changes about oneself: password, second factor, recovery codes.

import { TropaError } from '../../language/errors.ts';
import { countAttempt } from '../../runtime/access/attempts.ts';
import { noteAudit } from '../../runtime/access/audit.ts';
import { readBook } from '../../runtime/access/book.ts';
import { confirm, disable, enrol, renewCodes } from '../../runtime/access/second-factor.ts';
import { type Caller, endSession, signIn } from '../../runtime/access/sessions.ts';
import { changePassword, useLink } from '../../runtime/access/users.ts';
import { cookieOf } from '../access.ts';
import { giveCookie, goOn, takeCookie } from '../cookie.ts';
import type { HttpHost } from '../host.ts';
import { type ApiRoute, route } from './frame.ts';
import * as shapes from './schemas/access.ts';

export function sessionRoutes(host: HttpHost): ApiRoute[] {
  return [...wayIn(host), ...oneself(host)];
}

/** For anyone: a session, or a password by a link. */
function wayIn(host: HttpHost): ApiRoute[] {
  return [
    route({
      method: 'POST',
      url: '/api/session',
      role: 'anyone',
      summary: 'Signs in: answers with the session as a cookie.',
      body: shapes.signInBody,
      answer: async ({ body, request, reply }) => {
        const { token, user } = await signIn(host, body, request.ip);
        giveCookie(request, reply, token);
        await noteAudit(host, { at: host.now(), who: user.email, what: 'signed in', target: null });
        return { user: { email: user.email, role: user.role } };
      },
    }),
    route({
      method: 'POST',
      url: '/api/session/password',
      role: 'anyone',
      summary: 'Sets the password a link is for, once, and signs in; the first admin names their address.',
      body: shapes.linkBody,
      answer: async ({ body, request, reply }) => {
        const user = await useLink(host, body);
        await goOn(host, user, { request, reply });
        await noteAudit(host, { at: host.now(), who: user.email, what: 'set a password by a link', target: null });
        return { user: { email: user.email, role: user.role } };
      },
    }),
  ];
}

function oneself(host: HttpHost): ApiRoute[] {
  return [
    route({
      method: 'GET',
      url: '/api/session',
      role: 'viewer',
      summary: 'Who asks.',
      answers: shapes.me,
      answer: async ({ caller }) => {
        const user = (await readBook(host)).users.find(({ id }) => id === caller.id);
        return {
          user: {
            email: caller.email,
            role: caller.role,
            key: caller.key,
            secondFactor: user?.totp?.confirmed ?? false,
            recoveryCodes: user?.recovery.length ?? 0,
          },
        };
      },
    }),
    route({
      method: 'DELETE',
      url: '/api/session',
      role: 'viewer',
      summary: 'Signs out.',
      answer: async ({ request, reply }) => {
        const token = cookieOf(request);
        if (token !== null) await endSession(host, token);
        takeCookie(request, reply);
      },
    }),
    route({
      method: 'POST',
      url: '/api/me/password',
      role: 'viewer',
      summary: 'Changes one’s own password; all other sessions end.',
      body: shapes.passwordBody,
      answer: ({ body, caller, request, reply }) =>
        counted(host, caller, request.ip, async (id) => {
          await goOn(host, await changePassword(host, id, body.old, body.password), { request, reply });
        }),
    }),
    ...secondFactor(host),
  ];
}

function secondFactor(host: HttpHost): ApiRoute[] {
  return [
    route({
      method: 'POST',
      url: '/api/me/second-factor',
      role: 'viewer',
      summary: 'Makes the secret of a second factor; it counts once confirmed.',
      body: shapes.nothing,
      answers: shapes.enrolled,
      answer: ({ caller }) => enrol(host, userOf(caller)),
    }),
    route({
      method: 'POST',
      url: '/api/me/second-factor/confirm',
      role: 'viewer',
      summary: 'Confirms it by a code; answers recovery codes, told this once.',
      body: shapes.codeBody,
      answers: shapes.recoveryCodes,
      answer: ({ body, caller, request, reply }) =>
        counted(host, caller, request.ip, async (id) => {
          const { codes, user } = await confirm(host, id, body.code);
          await goOn(host, user, { request, reply });
          return { codes };
        }),
    }),
    route({
      method: 'POST',
      url: '/api/me/second-factor/disable',
      role: 'viewer',
      summary: 'Takes the second factor away, by a code of it.',
      body: shapes.codeBody,
      answer: ({ body, caller, request, reply }) =>
        counted(host, caller, request.ip, async (id) => {
          await goOn(host, await disable(host, id, body.code), { request, reply });
        }),
    }),
    route({
      method: 'POST',
      url: '/api/me/recovery-codes',
      role: 'viewer',
      summary: 'Makes new recovery codes, by a code; the old ones work no more.',
      body: shapes.codeBody,
      answers: shapes.recoveryCodes,
      answer: ({ body, caller, request }) =>
        counted(host, caller, request.ip, async (id) => ({ codes: await renewCodes(host, id, body.code) })),
    }),
  ];
}

function userOf({ id }: Caller): string {
  if (id === null) throw new TropaError('E_ROLE', 'This is for people, not for keys.');
  return id;
}

/** Whoever holds a session guesses neither its password nor its codes: tries count as those of signing in do. */
async function counted<Answer>(
  host: HttpHost,
  caller: Caller,
  address: string,
  doIt: (id: string) => Promise<Answer>,
): Promise<Answer> {
  const id = userOf(caller);
  const forget = await countAttempt(host, caller.email, address);
  const answer = await doIt(id);
  await forget();
  return answer;
}
