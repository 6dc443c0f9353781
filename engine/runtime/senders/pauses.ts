// Which senders take nothing until somebody says so: on an operator's word, or because the provider would have none of
// them. A small fact of the store, so that it outlives the process.

import type { Instant } from '../../language/values.ts';
import type { Store } from '../../ports/store.ts';
import { amend } from '../amend.ts';

const KEY = 'paused-senders';

export interface SenderPause {
  readonly since: Instant;
  readonly why: string;
  /** Paused because of its provider or settings: digest of the settings it had. Other settings lift such a pause. */
  readonly settings?: string;
}

export type SenderPauses = Readonly<Record<string, SenderPause>>;

export async function readPauses(store: Store): Promise<SenderPauses> {
  return JSON.parse((await store.meta(KEY)) || '{}') as SenderPauses;
}

export async function writePause(store: Store, name: string, pause: SenderPause | null): Promise<SenderPauses> {
  const pauses = await amend<SenderPauses>(store, KEY, (before) => {
    const { [name]: _, ...others } = before ?? {};
    return pause === null ? others : { ...others, [name]: pause };
  });
  return pauses ?? {};
}
