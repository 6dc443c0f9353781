// Wake-ups inside one process: any number of notifications of one moment become one look.

import type { Wakeups } from '../ports/wakeups.ts';

/** Hints for the engine and the store of the same process. */
export function createLocalWakeups(): Wakeups {
  const listeners = new Set<() => void>();
  let pending: NodeJS.Immediate | null = null;

  function look(): void {
    // Whoever notifies while somebody looks is heard afterwards.
    pending = null;
    for (const listener of [...listeners]) if (listeners.has(listener)) listener();
  }

  return {
    notify() {
      if (listeners.size > 0) pending ??= setImmediate(look);
    },
    listen(listener) {
      const own = (): void => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    close() {
      listeners.clear();
      if (pending !== null) clearImmediate(pending);
      pending = null;
      return Promise.resolve();
    },
  };
}
