// Which message an order belongs to. One rule for every figure of revenue: the last message clicked within
// `attribution.click` before the order, else the last one opened by a human within `attribution.open`, else none. Each order
// counts once, so that channels, journeys and "none" add up to all orders.

import type { MessageRow, Order } from '../core/person.ts';
import type { Settings } from '../language/settings.ts';
import type { Instant } from '../language/values.ts';

/** What the rule reads of a message. */
export type Touch = Pick<MessageRow, 'id' | 'at' | 'journey' | 'version' | 'step' | 'channel' | 'times'>;

/** An order that counts: placed or paid, not cancelled, in the workspace's currency. */
export interface Sale {
  readonly id: string;
  readonly placed: Instant;
  /** Thousandths of the currency, refunds taken off; whole, so that sums are the same in whatever order they are added. */
  readonly worth: number;
}

/** What an order counts for, or null. One without a currency is in the workspace's; no currency is exchanged for another. */
export function saleOf(id: string, order: Order, currency: string): Sale | null {
  const { placed, cancelled, total, refunds } = order;
  if (placed === null || cancelled || (order.currency !== null && order.currency !== currency)) return null;
  const refunded = Object.values(refunds).reduce((sum, amount) => sum + thousandths(amount), 0);
  return { id, placed, worth: thousandths(total) - refunded };
}

const thousandths = (amount: number): number => Math.round(amount * 1000);

/** The message an order of this time belongs to among those of its person, or null. A test message earns nothing. */
export function creditedTo<One extends Touch>(
  placed: Instant,
  touches: readonly One[],
  { click, open }: Settings['attribution'],
): One | null {
  const real = touches.filter(({ step }) => !step.startsWith('$'));
  return (
    latest(real, placed - click, placed, ({ times }) => [times.clicked]) ??
    // Whoever clicked has opened.
    latest(real, placed - open, placed, ({ times }) => [times.opened, times.clicked])
  );
}

/** Whose moment is the last between both ends; of one moment the message decided later, then the greater id. */
function latest<One extends Touch>(
  touches: readonly One[],
  from: Instant,
  to: Instant,
  momentsOf: (touch: One) => readonly (Instant | undefined)[],
): One | null {
  let best: One | null = null;
  let when = Number.NEGATIVE_INFINITY;
  for (const touch of touches) {
    const moments = momentsOf(touch).filter((one) => one !== undefined && one >= from && one <= to) as Instant[];
    const moment = Math.max(...moments);
    if (moments.length === 0 || moment < when) continue;
    if (moment === when && best !== null && !comesAfter(touch, best)) continue;
    [best, when] = [touch, moment];
  }
  return best;
}

const comesAfter = (a: Touch, b: Touch): boolean => a.at > b.at || (a.at === b.at && a.id > b.id);
