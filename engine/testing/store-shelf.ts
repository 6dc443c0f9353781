// What the chapters of the stores' contract share: a fresh store, and how one promise is tested against it.

import type { Store } from '../ports/store.ts';

/** One store under test and where it lies. */
interface Shelf {
  readonly store: Store;
  /** Closes and opens the same data again; absent where nothing persists. */
  readonly reopen?: () => Promise<Store>;
  readonly dispose: () => Promise<void>;
}

export type OpenShelf = () => Promise<Shelf>;
/** Tests one promise against a fresh store. */
export type Promises = (title: string, keep: (shelf: Shelf) => Promise<void>) => void;
