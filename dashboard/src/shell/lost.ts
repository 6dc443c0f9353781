// Whether the server has stopped answering: told by the last question asked, whichever it was.

import { useSyncExternalStore } from 'react';

let lost = false;
const watchers = new Set<() => void>();

/** Notes how the last question went. */
export function noteConnection(answered: boolean): void {
  if (lost === !answered) return;
  lost = !answered;
  for (const tell of watchers) tell();
}

export function useLost(): boolean {
  return useSyncExternalStore(
    (tell) => {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
    () => lost,
  );
}
