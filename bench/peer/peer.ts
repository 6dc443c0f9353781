// What a peer is to the benchmark: how people and events reach it over HTTP. One adapter of some fifty lines a peer.

export interface Peer {
  readonly name: string;
  /** The request that introduces person `n` with an address of their own, or several people at once. */
  introduce(people: readonly number[]): { readonly path: string; readonly body: unknown }[];
  /** The request that tells these events; event `n` is about person `n % people` and carries `n`, for the subject of its mail. */
  tell(events: readonly { readonly n: number; readonly person: number }[]): {
    readonly path: string;
    readonly body: unknown;
  };
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What every event carries besides its number: the same as in our own burst. */
export const CART = {
  total: 138,
  items: [
    { title: 'Dune lamp', price: 129, sku: 'dune' },
    { title: 'Warm bulb', price: 9, sku: 'bulb' },
  ],
};
