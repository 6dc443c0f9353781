// What admins see and change: users and their roles, keys, and who did what.

import { noteAudit, readAudit } from '../../runtime/access/audit.ts';
import { readBook } from '../../runtime/access/book.ts';
import { addKey, revokeKey } from '../../runtime/access/sessions.ts';
import { addUser, removeUser, resetUser, setRole } from '../../runtime/access/users.ts';
import type { HttpHost } from '../host.ts';
import { type ApiRoute, route } from './frame.ts';
import * as shapes from './schemas/access.ts';

const linkTo = (host: HttpHost, token: string) => ({ link: `${host.publicUrl}/login/${token}` });

export function userRoutes(host: HttpHost): ApiRoute[] {
  return [
    route({
      method: 'GET',
      url: '/api/users',
      role: 'admin',
      summary: 'Who may sign in.',
      answers: shapes.users,
      answer: async () => ({
        users: (await readBook(host)).users.map(({ id, email, role, createdAt, password, totp }) => ({
          id,
          email,
          role,
          createdAt,
          invited: password === null,
          secondFactor: totp?.confirmed ?? false,
        })),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/users',
      role: 'admin',
      summary: 'Adds a user; answers the link by which they set a password.',
      body: shapes.userBody,
      answers: shapes.link,
      // Noted with whom it was.
      changes: false,
      answer: async ({ body, caller }) => {
        const answer = linkTo(host, await addUser(host, body.email, body.role));
        await noteAudit(host, {
          at: host.now(),
          who: caller.email,
          what: `added a user as ${body.role}`,
          target: body.email,
        });
        return answer;
      },
    }),
    route({
      method: 'POST',
      url: '/api/users/:id/role',
      role: 'admin',
      summary: 'Changes a role; the user’s sessions end.',
      body: shapes.roleBody,
      answer: ({ params, body }) => setRole(host, params.id ?? '', body.role),
    }),
    route({
      method: 'POST',
      url: '/api/users/:id/link',
      role: 'admin',
      summary: 'A link to set a new password; with its use the second factor is gone.',
      body: shapes.nothing,
      answers: shapes.link,
      answer: async ({ params }) => {
        const user = (await readBook(host)).users.find(({ id }) => id === params.id);
        return linkTo(host, await resetUser(host, user?.email ?? 'nobody@invalid', null));
      },
    }),
    route({
      method: 'DELETE',
      url: '/api/users/:id',
      role: 'admin',
      summary: 'Removes a user, their sessions and the keys they made.',
      answer: ({ params }) => removeUser(host, params.id ?? ''),
    }),
    ...keyRoutes(host),
    route({
      method: 'GET',
      url: '/api/audit',
      role: 'admin',
      summary: 'Who did what, newest first.',
      query: shapes.auditQuery,
      answers: shapes.audit,
      answer: ({ query }) => readAudit(host, query.page === undefined ? null : Number(query.page)),
    }),
  ];
}

function keyRoutes(host: HttpHost): ApiRoute[] {
  return [
    route({
      method: 'GET',
      url: '/api/keys',
      role: 'admin',
      summary: 'Keys for other programs.',
      answers: shapes.keys,
      answer: async () => ({ keys: (await readBook(host)).keys.map(({ hash: _hash, ...key }) => key) }),
    }),
    route({
      method: 'POST',
      url: '/api/keys',
      role: 'admin',
      summary: 'Makes a key; it is told this once.',
      body: shapes.keyBody,
      answers: shapes.keyMade,
      answer: ({ body, caller }) => addKey(host, { name: body.name, role: body.role, by: caller.email }),
    }),
    route({
      method: 'DELETE',
      url: '/api/keys/:id',
      role: 'admin',
      summary: 'Revokes a key at once.',
      answer: ({ params }) => revokeKey(host, params.id ?? ''),
    }),
  ];
}
