// What this process has done since it began, counted for whoever watches it (`/metrics`). Counted figures of the store are
// elsewhere: these begin at nothing with every start.

/** Counts by name and labels, in the form `name{label="value"}`; values are names of ours, never what somebody typed. */
export class Figures {
  readonly #counts = new Map<string, number>();

  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const key = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
