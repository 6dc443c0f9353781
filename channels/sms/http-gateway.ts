// Text messages by any gateway that takes HTTP: `provider: http`, described in tropa.yaml.

import type { Channel, JsonObject, Outgoing, SendOutcome } from '../../engine/ports/channel.ts';
import type { GuardedFetch } from '../../engine/ports/guarded.ts';
import { outcomeOf } from './gateway-answer.ts';
import { placesOf, requestFor } from './gateway-request.ts';
import { readGatewaySettings } from './gateway-settings.ts';

export interface GatewayOptions {
  readonly name: string;
  readonly options: JsonObject;
  /** Milliseconds until an answer is given up; 20 s unless told. */
  readonly timeout?: number;
}

/** E.164, as numbers are kept. */
const NUMBER = /^\+[1-9]\d{6,14}$/;
const LONGEST_ANSWER = 256 * 1024;

/** A sender with `provider: http`. Whoever made `guarded` closes it. Throws TropaError `E_SETTINGS`. */
export function createHttpGateway({ name, options, timeout = 20_000 }: GatewayOptions, guarded: GuardedFetch): Channel {
  const settings = readGatewaySettings(name, options);
  const underway = new Set<Promise<unknown>>();
  let closed = false;

  async function sendOne(message: Outgoing): Promise<SendOutcome> {
    if (!NUMBER.test(message.to))
      return { result: 'refused', why: { kind: 'address', detail: 'this is no telephone number' } };
    const places = placesOf(message, settings);
    const answer = await guarded.ask({ ...requestFor(settings, places), timeout, limit: LONGEST_ANSWER });
    return outcomeOf(answer, settings.answer, places);
  }

  return {
    provider: 'http',
    // What becomes of a message later is told in as many ways as there are gateways.
    tellsDelivery: false,
    async send(messages) {
      if (closed) return messages.map(() => ({ result: 'retry', after: 1_000, why: 'this sender is closed' }));
      const work = Promise.all(messages.map(sendOne));
      underway.add(work);
      return await work.finally(() => underway.delete(work));
    },
    async close() {
      closed = true;
      await Promise.all(underway);
      // Whoever waits for an outcome has it before this ends.
      await new Promise(setImmediate);
    },
  };
}
