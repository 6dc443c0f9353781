// Opens and clicks on their way into the store. Many come at once (a mailing is read in its first hour), so those that
// arrive while others are being stored go together: one look at the ledger and one commit for all of them.

import { mint } from '../core/ids.ts';
import type { MessageRow } from '../core/person.ts';
import type { Instant, Millis } from '../language/values.ts';
import type { Receipt } from '../ports/channel.ts';
import type { IncomingEvent } from '../ports/store.ts';
import { aboutMessage } from '../runtime/receipts.ts';
import type { HttpHost } from './host.ts';
import { type MachineReason, machineReason } from './machines.ts';
import { placeOf } from './problem.ts';

/** One request about a message. */
export interface Hit {
  readonly kind: 'open' | 'click';
  readonly message: string;
  readonly url: string | null;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Waiting {
  readonly hit: Hit;
  readonly at: Instant;
  readonly done: () => void;
}

/** So many are stored at once. */
const MOST = 1_000;

export class Hits {
  readonly #host: HttpHost;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(host: HttpHost) {
    this.#host = host;
  }

  /** Resolves once it is stored, or is known to be lost: a reader gets the picture or the shop even then. */
  take(hit: Hit): Promise<void> {
    const { promise, resolve } = withResolver();
    this.#waiting.push({ hit, at: this.#host.now(), done: resolve });
    if (!this.#busy) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST);
      try {
        await this.#host.atTheDoor(batch.length, () => this.#store(batch));
      } catch (error) {
        this.#host.logger.warn({ hits: batch.length, fault: placeOf(error) }, 'opens and clicks could not be kept');
      }
      for (const { done } of batch) done();
    }
    this.#busy = false;
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    const rows = await this.#host.store.ledger([...new Set(batch.map(({ hit }) => hit.message))]);
    const byId = new Map(rows.filter(({ person }) => person !== '').map((row) => [row.id, row]));
    const receipts: Receipt[] = [];
    const clicks: IncomingEvent[] = [];
    for (const { hit, at } of batch) {
      const row = byId.get(hit.message);
      if (row === undefined) continue;
      const reason = machineReason({ ...hit, channel: row.channel, age: ageOf(this.#host, row, at) });
      if (reason !== null) receipts.push(machineHit(hit, reason, at));
      else if (hit.kind === 'open') receipts.push({ message: hit.message, kind: 'opened', at });
      else clicks.push(clickOf(row, String(hit.url), at));
    }
    const kept: Promise<unknown>[] = [];
    if (receipts.length > 0) kept.push(this.#host.receipts(receipts));
    if (clicks.length > 0) kept.push(this.#host.ingest(clicks));
    await Promise.all(kept);
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** How long ago it was handed over; null where it did not leave this machine. */
function ageOf(host: HttpHost, { channel, times }: MessageRow, now: Instant): Millis | null {
  const left = times.sent ?? times.sending;
  const leaves = host.settings().senders.some((sender) => sender.channel === channel && sender.provider !== 'sandbox');
  return leaves && left !== undefined ? now - left : null;
}

/** What a machine did is kept with its reason, once a second for each link. */
function machineHit({ message, url }: Hit, reason: MachineReason, at: Instant): Receipt {
  const id = mint('machine', reason, url, Math.floor(at / 1000));
  return { message, kind: 'machine_opened', at, id, reason, ...(url !== null && { value: url }) };
}

/**
 * A click that looks human waits in the person's record until it is known to be no burst (`core/clicks.ts`). Two requests for
 * one link within a second are one click: impatience, or a browser that tries again.
 */
function clickOf(row: MessageRow, url: string, at: Instant): IncomingEvent {
  return {
    id: mint('click', row.id, url, Math.floor(at / 1000)),
    source: 'tropa',
    name: 'tropa.click',
    at,
    received: at,
    who: [],
    person: row.person,
    data: { ...aboutMessage(row), url },
  };
}
