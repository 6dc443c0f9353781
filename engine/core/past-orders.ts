// Orders so old that nothing can happen to them any more are kept as sums: a person's record does not grow for ever.

import type { Instant, Millis } from '../language/values.ts';
import type { Order, PastOrders, Person } from './person.ts';

/** Below this many nothing is summed up: few orders cost nothing. */
const FEW = 100;
/** Cancellations and refunds of younger orders are still believed possible; a refund of a summed one changes nothing. */
const SETTLED_AFTER: Millis = 400 * 86_400_000;

/** Sums up the oldest orders of a person who has many. */
export function sumUpOrders(person: Person): void {
  const known = Object.entries(person.orders);
  if (known.length <= FEW) return;
  const settled = known
    .filter(([, order]) => order.placed !== null && lastHeard(order) < person.now - SETTLED_AFTER)
    .sort(([, a], [, b]) => lastHeard(a) - lastHeard(b))
    .slice(0, known.length - FEW);
  if (settled.length === 0) return;
  const gone = new Set(settled.map(([id]) => id));
  person.orders = Object.fromEntries(known.filter(([id]) => !gone.has(id)));
  person.pastOrders = settled.reduce((sum, [, order]) => added(sum, order), person.pastOrders ?? NONE);
}

const NONE: PastOrders = { count: 0, first: null, last: null, totals: {} };

/** When it was placed, or its total was told. What was never placed waits for that: a refund may come first. */
const lastHeard = (order: Order): Instant => Math.max(order.placed ?? 0, order.told[1]);

function added(sum: PastOrders, order: Order): PastOrders {
  const { placed } = order;
  if (placed === null || order.cancelled) return sum;
  const currency = order.currency ?? '';
  const worth = order.total - Object.values(order.refunds).reduce((all, amount) => all + amount, 0);
  return {
    count: sum.count + 1,
    first: Math.min(sum.first ?? placed, placed),
    last: Math.max(sum.last ?? placed, placed),
    totals: { ...sum.totals, [currency]: (sum.totals[currency] ?? 0) + worth },
  };
}

/** What two records of one human had summed up, together. */
export function uniteOrders(person: Person, loser: Person): void {
  const [a, b] = [person.pastOrders ?? NONE, loser.pastOrders ?? NONE];
  if (a.count + b.count === 0) return;
  const times = [a.first, a.last, b.first, b.last].filter((time): time is Instant => time !== null);
  const totals = { ...a.totals };
  for (const [currency, total] of Object.entries(b.totals)) totals[currency] = (totals[currency] ?? 0) + total;
  person.pastOrders = {
    count: a.count + b.count,
    first: times.length === 0 ? null : Math.min(...times),
    last: times.length === 0 ? null : Math.max(...times),
    totals,
  };
}
