// Counters of this process and their Prometheus text (exposition format 0.0.4). Figures of the engine come from the host.

/** Counts by name and labels. */
export class Metrics {
  readonly #counts = new Map<string, number>();

  /** Adds to a counter; the name ends with `_total`. */
  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    if (by === 0) return;
    const key = series(name, labels);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }

  /** Everything counted here and everything given, as Prometheus reads it. */
  text(more: Readonly<Record<string, number>> = {}): string {
    const all = new Map([...this.#counts, ...Object.entries(more)]);
    const families = new Map<string, string[]>();
    for (const [key, value] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^\n]*\})?$/.test(key)) continue;
      const name = key.split('{')[0] ?? key;
      families.set(name, [...(families.get(name) ?? []), `${key} ${Number.isFinite(value) ? value : 'NaN'}`]);
    }
    return [...families]
      .map(([name, lines]) => `# TYPE ${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}\n${lines.join('\n')}\n`)
      .join('');
  }
}

/** `name{label="value"}`, with labels in order and values escaped. */
function series(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length === 0) return name;
  const quoted = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  return `${name}{${pairs.map(([label, value]) => `${label}="${quoted(value)}"`).join(',')}}`;
}
