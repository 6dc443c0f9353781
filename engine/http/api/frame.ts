// How routes of the dashboard are made: each says which role it needs, its body is read by its schema before anything is
// done, and what changes something needs proof that a page of this server asked for it (P28).

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { TropaError } from '../../language/errors.ts';
import { isSameOrigin } from '../access.ts';

export type Role = 'viewer' | 'author' | 'admin';

/** Who asks. */
export interface Caller {
  readonly email: string;
  readonly role: Role;
}

export interface Asked<Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Body;
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface ApiRoute<Body = unknown> {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly role: Role;
  readonly body?: z.ZodType<Body>;
  readonly bodyLimit?: number;
  answer(asked: Asked<Body>): unknown;
}

/** Lets a route's body be of the type its schema reads. */
export const route = <Body = undefined>(one: ApiRoute<Body>): ApiRoute => one as unknown as ApiRoute;

const RANK: Readonly<Record<Role, number>> = { viewer: 0, author: 1, admin: 2 };

/** Serves routes to whoever `callerOf` knows; throws E_UNAUTHORIZED and E_FORBIDDEN before a body is looked at. */
export function serveApi(
  app: FastifyInstance,
  routes: readonly ApiRoute[],
  callerOf: (request: FastifyRequest) => Promise<Caller | null>,
): void {
  for (const one of routes)
    app.route({
      method: one.method,
      url: one.url,
      config: { access: 'local' },
      ...(one.bodyLimit !== undefined && { bodyLimit: one.bodyLimit }),
      handler: async (request, reply) => {
        const caller = await callerOf(request);
        refuse(one, caller, request);
        reply.header('cache-control', 'no-store');
        const body = one.body === undefined ? undefined : bodyOf(request, one.body);
        const { params, query } = request as { params: Record<string, string>; query: Record<string, string> };
        return (await one.answer({ params, query, body, caller, request, reply })) ?? {};
      },
    });
}

function refuse({ role, method }: ApiRoute, caller: Caller | null, request: FastifyRequest): asserts caller is Caller {
  if (caller === null) throw new TropaError('E_UNAUTHORIZED', 'Sign in first.');
  if (RANK[caller.role] < RANK[role]) throw new TropaError('E_FORBIDDEN', `This is for the role ${role}.`);
  if (method !== 'GET' && !isSameOrigin(request))
    throw new TropaError('E_FORBIDDEN', 'What changes something is asked for by pages of this server alone.');
}

function bodyOf<Body>(request: FastifyRequest, schema: z.ZodType<Body>): Body {
  let told: unknown;
  try {
    told = JSON.parse(request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : '');
  } catch {
    throw new TropaError('E_BAD_REQUEST', 'The body is no JSON.');
  }
  const read = schema.safeParse(told);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new TropaError(
    'E_BAD_REQUEST',
    `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not as it should be'}`,
  );
}
