// Wake-ups inside one process: any number of notifications of one moment become one look.

import type { Wakeups } from '../ports/wakeups.ts';

/** Hints for the engine and the store of the same process. */
export function createLocalWakeups(): Wakeups {
  const listeners = new Set<(urgent: boolean) => void>();
  let pending: NodeJS.Immediate | null = null;
  let urgently = false;

  function look(): void {
    // Whoever notifies while somebody looks is heard afterwards.
    pending = null;
    const urgent = urgently;
    urgently = false;
    for (const listener of [...listeners]) if (listeners.has(listener)) listener(urgent);
  }

  return {
    notify({ urgent = false } = {}) {
      if (listeners.size === 0) return;
      urgently ||= urgent;
      pending ??= setImmediate(look);
    },
    listen(listener) {
      const own = (urgent: boolean): void => listener(urgent);
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
