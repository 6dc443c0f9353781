// How routes of the dashboard are made: each says which role it needs, what it takes is read by its schemas before anything
// is done, what changes something is noted in the audit log, and the description at `/api/openapi.json` is made of the same
// schemas (P28). Who may come in at all is `../access.ts`.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { TropaError } from '../../language/errors.ts';
import { noteAudit } from '../../runtime/access/audit.ts';
import { type AccessDesk, hashOf, type Role } from '../../runtime/access/book.ts';
import type { Caller } from '../../runtime/access/sessions.ts';
import { admitted } from '../access.ts';

export interface Asked<Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Body;
  /** Who asks. On routes for anyone: nobody in particular, without an id. */
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface ApiRoute<Body = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  /** Needed at least. `anyone` is for the way in. */
  readonly role: Role | 'anyone';
  /** One line for the description. */
  readonly summary?: string;
  readonly body?: z.ZodType<Body>;
  /** What may stand behind the question mark; anything else is refused. Without, the route reads it itself. */
  readonly query?: z.ZodObject;
  /** What is answered, for the description. */
  readonly answers?: z.ZodType;
  readonly bodyLimit?: number;
  /** Whether something is other than before, and noted in the audit log; by default everything but a GET. */
  readonly changes?: boolean;
  answer(asked: Asked<Body>): unknown;
}

/** Lets a route's body be of the type its schema reads. */
export const route = <Body = undefined>(one: ApiRoute<Body>): ApiRoute => one as unknown as ApiRoute;

const NOBODY: Caller = { id: null, email: '', role: 'viewer', key: false };

/** Serves routes to whoever has the role each of them names. */
export function serveApi(app: FastifyInstance, routes: readonly ApiRoute[], desk: AccessDesk): void {
  for (const one of routes)
    app.route({
      method: one.method,
      url: one.url,
      config: { access: 'session', role: one.role },
      ...(one.bodyLimit !== undefined && { bodyLimit: one.bodyLimit }),
      handler: async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const caller = admitted(request) ?? NOBODY;
        const body = one.body === undefined ? undefined : bodyOf(request, one.body);
        const { params } = request as { params: Record<string, string> };
        const query = queryOf(request, one.query);
        const answer = (await one.answer({ params, query, body, caller, request, reply })) ?? {};
        if (one.changes ?? one.method !== 'GET') await note(desk, one, caller, params);
        return answer;
      },
    });
}

/** The way in notes itself: only there it is known who came. */
async function note(desk: AccessDesk, one: ApiRoute, caller: Caller, params: Record<string, string>): Promise<void> {
  if (one.role === 'anyone') return;
  const named = Object.values(params).join(' ');
  // A person's id goes with the person when they are erased (P21); its digest can still be compared.
  const target = one.url.startsWith('/api/people/') ? `person ${hashOf(named).slice(0, 16)}` : named;
  const who = caller.key ? `key ${caller.email}` : caller.email;
  await noteAudit(desk, { at: desk.now(), who, what: `${one.method} ${one.url}`, target: target || null });
}

function bodyOf<Body>(request: FastifyRequest, schema: z.ZodType<Body>): Body {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new TropaError('E_MEDIA_TYPE', 'The body has to be JSON, sent as application/json.');
  let told: unknown;
  try {
    told = JSON.parse(request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : '');
  } catch {
    throw new TropaError('E_BAD_REQUEST', 'The body is no JSON.');
  }
  return read(schema, told, 'The body');
}

function queryOf(request: FastifyRequest, schema: z.ZodObject | undefined): Record<string, string | undefined> {
  const query = request.query as Record<string, string>;
  return schema === undefined ? query : (read(schema, query, 'The query') as Record<string, string>);
}

function read<Value>(schema: z.ZodType<Value>, told: unknown, what: string): Value {
  const done = schema.safeParse(told);
  if (done.success) return done.data;
  const [issue] = done.error.issues;
  throw new TropaError(
    'E_BAD_REQUEST',
    `${issue?.path.join('.') || what}: ${issue?.message ?? 'is not as it should be'}`,
  );
}
