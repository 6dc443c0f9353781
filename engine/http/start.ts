// `POST /v1/journeys/:id/start`: one person into one journey, by a call with the write key.

import type { FastifyInstance } from 'fastify';
import { mint } from '../core/ids.ts';
import { TropaError } from '../language/errors.ts';
import type { Admission } from '../runtime/door.ts';
import type { HttpHost } from './host.ts';
import type { Metrics } from './metrics.ts';
import { sendProblem } from './problem.ts';
import { authenticated } from './segment.ts';
import { takeIn } from './take-in.ts';

/**
 * Takes `{profile, data, key}`. `profile` is a user id, an id of Tropa's own, or `{userId, email, phone, anonymousId}`.
 * With the header `Idempotency-Key`, or a `messageId`, the same start told twice is one. Answers 202 when it is durable:
 * whether the journey takes the person is decided by the engine, and seen in `tropa explain`.
 */
export function serveStart(app: FastifyInstance, host: HttpHost, metrics: Metrics): void {
  const options = { config: { access: 'proven' as const }, bodyLimit: 32 * 1024 };
  app.post<{ Params: { id: string } }>('/v1/journeys/:id/start', options, async (request, reply) => {
    const { source, raw } = authenticated(host, metrics, request, reply, { pages: false });
    if (!host.journeyExists(request.params.id))
      throw new TropaError('E_NO_SUCH_JOURNEY', 'There is no journey with this id.');
    const once = request.headers['idempotency-key'];
    const { refused, receipts } = await takeIn(host, metrics, source, raw, async (admission) => {
      const known = await withKnownPerson(host, admission);
      return typeof once === 'string' && once !== ''
        ? withId(known, mint('start', source.name, request.params.id, once))
        : known;
    });
    const [first] = refused;
    if (first !== undefined) return sendProblem(reply, first.code, first.detail);
    const [receipt] = receipts;
    return reply
      .code(202)
      .send({ event: receipt?.id ?? null, profile: receipt?.person ?? null, outcome: receipt?.outcome ?? null });
  });
}

function withId(admission: Admission, id: string): Admission {
  return { ...admission, events: admission.events.map((event) => ({ ...event, id })) };
}

/** A profile may be named by the id Tropa gave it; a user id of the same look comes first. */
async function withKnownPerson(host: HttpHost, admission: Admission): Promise<Admission> {
  const [event] = admission.events;
  const [key] = event?.who ?? [];
  const match = /^user:([0-9a-f]{32})$/.exec(key ?? '');
  if (event === undefined || key === undefined || match === null || (await host.store.find(key)) !== null)
    return admission;
  const [loaded] = await host.store.load([match[1] ?? '']);
  return loaded === undefined ? admission : { ...admission, events: [{ ...event, who: [], person: loaded.person.id }] };
}
