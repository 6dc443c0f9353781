// Small lists and tables that stand in the store as one fact each, and that several processes may change at once.

import type { Store } from '../ports/store.ts';

/**
 * Reads the fact `key`, changes it and writes it back, again from the start where another was faster: no change of
 * theirs is lost. `change` is given null where there is none yet, and answers the same object to leave all as it is.
 */
export async function amend<Fact>(
  store: Pick<Store, 'meta' | 'swapMeta'>,
  key: string,
  change: (fact: Fact | null) => Fact | null,
): Promise<Fact | null> {
  for (;;) {
    const text = await store.meta(key);
    const before = text === null || text === '' ? null : (JSON.parse(text) as Fact);
    const after = change(before);
    if (after === before || after === null) return before;
    if (await store.swapMeta(key, text, JSON.stringify(after))) return after;
  }
}
