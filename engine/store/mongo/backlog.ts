// How far deciding is behind, over all partitions: also those that nobody looks after are seen here.

import type { Instant } from '../../language/values.ts';
import { type Backlog, type Lane, MOST_LATE } from '../../ports/store.ts';
import { patiently } from './failures.ts';
import type { Tables } from './tables.ts';

/** Three index reads of one row, and a count that ends early. */
export async function backlog(tables: Tables, now: Instant, lateBefore: Instant): Promise<Backlog> {
  const oldest = async (lane: Lane): Promise<Instant | null> => {
    const [first] = await patiently(() =>
      tables.people
        .find({ lane, due: { $lte: now } })
        .sort({ due: 1 })
        .limit(1)
        .project<{ due: number }>({ due: 1 })
        .toArray(),
    );
    return first?.due ?? null;
  };
  const [transactional, live, bulk, late] = await Promise.all([
    oldest('transactional'),
    oldest('live'),
    oldest('bulk'),
    patiently(() => tables.people.countDocuments({ unread: false, due: { $lt: lateBefore } }, { limit: MOST_LATE })),
  ]);
  return { since: { transactional, live, bulk }, late };
}
