// How often somebody may try a password: by account and address together, by address, and by account. Counted in the store
// before the password is looked at, so that many at once, and at several doors, are one count.

import { TropaError } from '../../language/errors.ts';
import type { Instant, Millis } from '../../language/values.ts';
import { amend } from '../amend.ts';
import { type AccessDesk, hashOf } from './book.ts';

const ATTEMPTS = 'access attempts';
const WINDOW: Millis = 15 * 60_000;
/** Of one account from one address; from one address; of one account from everywhere: nobody is locked out by a stranger's few tries. */
const MOST = { pair: 5, address: 20, account: 50 };
/** As many counts as are kept; the oldest go first. */
const KEPT = 2_000;

type Counts = Readonly<Record<string, { readonly n: number; readonly until: Instant }>>;

/** Counts a try. Throws E_TOO_MANY where there were too many; answers what takes the count back after a success. */
export async function countAttempt(desk: AccessDesk, account: string, address: string): Promise<() => Promise<void>> {
  const now = desk.now();
  const keys = {
    pair: hashOf(`${account} ${address}`),
    address: hashOf(`address ${address}`),
    account: hashOf(`account ${account}`),
  };
  let refused = false;
  await amend<Counts>(desk.store, ATTEMPTS, (counts) => {
    const standing = Object.entries(counts ?? {}).filter(([, { until }]) => until > now);
    const next = Object.fromEntries(standing.slice(-KEPT));
    refused = Object.entries(keys).some(([kind, key]) => (next[key]?.n ?? 0) >= MOST[kind as keyof typeof MOST]);
    if (refused) return counts;
    for (const key of Object.values(keys))
      next[key] = { n: (next[key]?.n ?? 0) + 1, until: next[key]?.until ?? now + WINDOW };
    return next;
  });
  if (refused)
    throw new TropaError('E_TOO_MANY', 'Too many tries that failed. Wait a quarter of an hour, then try again.');
  return async () => {
    await amend<Counts>(desk.store, ATTEMPTS, (counts) => {
      const { [keys.pair]: _pair, ...rest } = counts ?? {};
      const less = ([key, count]: [string, { n: number; until: Instant }]) =>
        [key, key === keys.address || key === keys.account ? { ...count, n: count.n - 1 } : count] as const;
      return Object.fromEntries(
        Object.entries(rest)
          .map(less)
          .filter(([, { n }]) => n > 0),
      );
    });
  };
}
