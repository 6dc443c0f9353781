// Receipts on their way from the sandbox's provider to the engine. As with a real provider they come after the answer,
// in batches, and are offered again until the engine has taken them.

import type { ChannelHost, Receipt } from '../../engine/ports/channel.ts';

export interface Callbacks {
  /** Queues receipts; they leave once the caller of this turn of the event loop has had its answer. */
  add(receipts: readonly Receipt[]): void;
  /** Hands in everything that waits; rejects when the engine would not take it, and keeps it for the next try. */
  flush(): Promise<void>;
  /** How many wait. */
  waiting(): number;
}

/** `soon`: they leave by themselves. `on_idle`: only `flush` lets them go. */
export type Pace = 'soon' | 'on_idle';

const BATCH = 500;
/** Until receipts the engine would not take are offered again, in real milliseconds. */
const OFFER_AGAIN_MS = 1_000;

/** A queue of receipts in front of `host.receipts`; one call under way at a time, order kept. */
export function createCallbacks(host: Pick<ChannelHost, 'receipts'>, pace: Pace): Callbacks {
  const queue: Receipt[] = [];
  let handing: Promise<void> | null = null;
  let planned = false;

  const handIn = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH);
      await host.receipts(batch);
      queue.splice(0, batch.length);
    }
  };
  const flush = (): Promise<void> => {
    handing ??= handIn().finally(() => {
      handing = null;
    });
    return handing;
  };
  const leave = (): void => {
    planned = false;
    flush().catch(offerAgain);
  };
  const offerAgain = (): void => {
    if (planned) return;
    planned = true;
    // Real time on purpose, even where the engine's clock stands still: this is the provider's own patience.
    setTimeout(leave, OFFER_AGAIN_MS).unref();
  };

  return {
    add: (receipts) => {
      queue.push(...receipts);
      if (pace === 'on_idle' || planned || queue.length === 0) return;
      planned = true;
      setImmediate(leave);
    },
    flush,
    waiting: () => queue.length,
  };
}
