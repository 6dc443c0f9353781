// What happened to people before: applied events, as conditions look back at them.

import type { PastEvent } from '../../language/condition.ts';
import type { JsonObject } from '../../language/values.ts';
import type { HistoryAsk } from '../../ports/store.ts';
import { patiently } from './failures.ts';
import { aliasesOf, type Tables } from './tables.ts';

export async function history(tables: Tables, asks: readonly HistoryAsk[]): Promise<(readonly PastEvent[])[]> {
  if (asks.length === 0) return [];
  const aliases = await aliasesOf(
    tables,
    asks.map(({ person }) => person),
  );
  return await Promise.all(
    asks.map(async ({ person: asked, name, since, limit }) => {
      if (limit <= 0) return [];
      const person = aliases.get(asked) ?? asked;
      const filter = { person, name, done: true, ...(since !== null && { at: { $gte: since } }) };
      const found = await patiently(() => tables.events.find(filter).sort({ at: -1, _id: -1 }).limit(limit).toArray());
      return found.map(({ _id: id, at, data }) => ({ id, at, data: JSON.parse(data) as JsonObject }));
    }),
  );
}
