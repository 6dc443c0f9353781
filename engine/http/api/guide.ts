// The guided first visit: sends the demonstration's event on the road every event goes, for a person invented for it, and
// tells where that person stands.

import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { identityKey } from '../../core/identity.ts';
import type { Person } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import { requestOf } from '../../runtime/demonstration.ts';
import type { HttpHost } from '../host.ts';
import { type ApiRoute, route } from './frame.ts';

const guideAnswer = z.object({ journey: z.string().nullable() });
const followed = z.object({
  /** Null before they enter and after the end. */
  step: z.string().nullable(),
  /** When they go on by themselves, in milliseconds. */
  until: z.number().nullable(),
  outcome: z.string().nullable(),
  messages: z.array(z.object({ id: z.string(), status: z.string() })),
});

export function guideRoutes(app: FastifyInstance, host: HttpHost): ApiRoute[] {
  return [
    route({ method: 'GET', url: '/api/guide', role: 'viewer', answer: () => guideOf(host) }),
    route({
      method: 'POST',
      url: '/api/guide',
      role: 'author',
      body: z.strictObject({}),
      answer: () => sendDemonstration(app, host),
    }),
    route({
      method: 'GET',
      url: '/api/guide/follow',
      role: 'viewer',
      answer: ({ query }) => follow(host, query.journey ?? '', query.person ?? ''),
    }),
  ];
}

/** Which journey can be watched; none where nothing is a sandbox: an invented person is written to by nobody. */
async function guideOf(host: HttpHost): Promise<z.infer<typeof guideAnswer>> {
  const found = host.sandbox === null ? null : ((await host.demonstration?.()) ?? null);
  return { journey: found === null || requestOf(found.curl) === null ? null : found.journey };
}

/** Sends it through the storefront's own door; answers who was invented. Throws E_NOT_FOUND where there is nothing to try. */
async function sendDemonstration(app: FastifyInstance, host: HttpHost): Promise<{ person: string }> {
  const found = (await host.demonstration?.()) ?? null;
  const request = found === null || host.sandbox === null ? null : requestOf(found.curl);
  if (request === null) throw new TropaError('E_NOT_FOUND', 'No live journey of this workspace can be tried so.');
  const user = `demo-${randomBytes(4).toString('hex')}`;
  const response = await app.inject({
    method: 'POST',
    url: request.path,
    headers: {
      authorization: `Basic ${Buffer.from(`${request.writeKey}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    payload: invented(request.body, user),
  });
  const person = await host.store.find(identityKey('user', user) ?? '');
  if (response.statusCode !== 200 || person === null)
    throw new TropaError('E_BAD_REQUEST', 'The door of the demonstration did not take it: look at its write key.');
  return { person };
}

function invented(body: string, user: string): string {
  const call = JSON.parse(body) as JsonObject;
  const context = (call.context ?? {}) as JsonObject;
  const traits = (context.traits ?? {}) as JsonObject;
  return JSON.stringify({
    ...call,
    userId: user,
    context: { ...context, traits: { ...traits, email: `${user}@example.com`, first_name: 'Anna' } },
  });
}

/** Where somebody stands in a journey. Throws E_NO_SUCH_PROFILE. */
async function follow(host: HttpHost, journey: string, id: string): Promise<z.infer<typeof followed>> {
  const [loaded] = await host.store.load([id]);
  if (loaded === undefined) throw new TropaError('E_NO_SUCH_PROFILE', 'Nobody is known by this id.');
  const { person } = loaded;
  const inside = person.enrollments.find((one) => one.journey === journey);
  const rows = await host.store.messages({ person: person.id, journey, limit: 20 });
  return {
    step: inside?.step ?? null,
    until: inside?.timers[0]?.at ?? waitingFor(person, journey),
    outcome: inside === undefined ? (person.past[journey]?.outcome ?? null) : null,
    messages: rows.map(({ id: message, status }) => ({ id: message, status })),
  };
}

function waitingFor(person: Person, journey: string): number | null {
  return person.idle.find((wait) => wait.journey === journey)?.due ?? null;
}
