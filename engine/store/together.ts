// Small calls of one turn of the event loop, made into one: what a thread or a server is asked costs more than most of
// what is in it.

/**
 * Gathers the lists of all callers of this turn into one call of `run`, which answers one result an item, in order.
 * Where that fails each list is tried alone: one that cannot be done takes none of its neighbours with it. Once `enough`
 * callers are there they leave at once, so that who works for them begins while the rest of a crowd is still heard.
 */
export function together<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  enough = Number.POSITIVE_INFINITY,
): (items: readonly Item[]) => Promise<Result[]> {
  type Caller = {
    readonly items: readonly Item[];
    readonly resolve: (results: Result[]) => void;
    readonly reject: (error: unknown) => void;
  };
  let callers: Caller[] = [];

  async function leave(): Promise<void> {
    const leaving = callers;
    callers = [];
    if (leaving.length === 0) return;
    if (leaving.length > 1) {
      try {
        const results = await run(leaving.flatMap(({ items }) => items));
        let from = 0;
        for (const { items, resolve } of leaving) {
          resolve(results.slice(from, from + items.length));
          from += items.length;
        }
        return;
      } catch {
        // Whose fault it was shows when each is tried alone.
      }
    }
    for (const { items, resolve, reject } of leaving) run(items).then((results) => resolve([...results]), reject);
  }

  return (items) =>
    new Promise((resolve, reject) => {
      const count = callers.push({ items, resolve, reject });
      if (count >= enough) void leave();
      else if (count === 1) setImmediate(leave);
    });
}
