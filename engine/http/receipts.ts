// `POST /receipts/:provider`: what providers tell about messages and addresses. Verified as each documents; answered only
// when it is durable (I2).

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import type { CallbackDoor, CallbackRequest } from '../ports/channel.ts';
import type { HttpHost } from './host.ts';
import type { Metrics } from './metrics.ts';
import { sendProblem } from './problem.ts';
import { rawRequest } from './take-in.ts';

type Named = { Params: { provider: string } };
/** The largest are batches of a thousand events, and SNS notifications with whole mail headers. */
const LIMIT = 1024 * 1024;

export function serveReceipts(app: FastifyInstance, host: HttpHost, metrics: Metrics): void {
  const options = { config: { access: 'proven' as const }, bodyLimit: LIMIT };
  app.post<Named>('/receipts/:provider', options, async (request, reply) => {
    const { provider } = request.params;
    const doors = host.callbacks(provider);
    if (doors.length === 0) throw new TropaError('E_NOT_FOUND', 'No sender of this workspace has this provider.');
    const callback = callbackOf(host, request);
    const door = await authentic(doors, callback, request);
    if (door === null) {
      metrics.count('tropa_refused_total', { source: provider, code: 'E_UNAUTHORIZED' });
      return sendProblem(reply, 'E_UNAUTHORIZED', 'The signature is missing, wrong or stale.');
    }
    const heard = await door.read(callback);
    await host.heard(heard);
    for (const { kind } of heard) metrics.count('tropa_callbacks_total', { provider, kind });
    return answer(reply, door);
  });
}

/** The door that knows the request as its own: several senders of one provider have secrets of their own. */
async function authentic(
  doors: readonly CallbackDoor[],
  callback: CallbackRequest,
  request: FastifyRequest,
): Promise<CallbackDoor | null> {
  for (const door of doors) {
    const verdict = await door.verify(callback);
    if (verdict.ok) return door;
    request.log.info({ provider: door.provider, why: verdict.why }, 'a callback was not authentic');
  }
  return null;
}

/** Providers sign the address as they called it, which behind a proxy is not the one that reached us. */
function callbackOf(host: HttpHost, request: FastifyRequest): CallbackRequest {
  const { headers, body, received } = rawRequest(host, request);
  return { url: `${host.publicUrl}${request.url}`, headers, body, received };
}

function answer(reply: FastifyReply, { answer: told }: CallbackDoor): FastifyReply {
  return told === undefined ? reply.code(200).send() : reply.code(200).type(told.type).send(told.body);
}
