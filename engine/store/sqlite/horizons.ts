// Sums of what is gone, and how far back it may be gone: what keeps a late copy from counting anything a second time.

import type { Database } from 'better-sqlite3';
import type { PersonId } from '../../core/person.ts';
import type { Tally } from '../../core/tallies.ts';
import type { Forgettable, Horizons } from '../../ports/keeping.ts';
import type { IntentIn } from './rows.ts';

export type Past = ReturnType<typeof preparePast>;

/** The writer's side: adds sums, raises horizons. */
export function preparePast(db: Database) {
  const add = db.prepare<[Tally]>(`
    INSERT INTO tallies (journey, version, step, name, amount) VALUES (:journey, :version, :step, :name, :amount)
    ON CONFLICT (journey, version, step, name) DO UPDATE SET amount = amount + excluded.amount`);
  const raise = db.prepare<[Forgettable, number]>(`
    INSERT INTO horizons (kind, at) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET at = max(at, excluded.at)`);
  const owed = db.prepare<[PersonId], { person: PersonId }>('SELECT person FROM uncopied WHERE person = ?');
  const known = new Map<Forgettable, number>(Object.entries(readHorizons(db)) as [Forgettable, number][]);

  return {
    add(tallies: Iterable<Tally>): void {
      for (const tally of tallies) add.run(tally);
    },
    raise(kind: Forgettable, at: number): void {
      if (at <= (known.get(kind) ?? Number.NEGATIVE_INFINITY)) return;
      raise.run(kind, at);
      known.set(kind, at);
    },
    /** Whether an intent surely was copied before and may be forgotten since: copying it again would bring it back. */
    has(person: PersonId, intent: IntentIn): boolean {
      const [kind, at] = placeOf(intent);
      const horizon = kind === null ? undefined : known.get(kind);
      return horizon !== undefined && at < horizon && owed.get(person) === undefined;
    },
  };
}

function placeOf(intent: IntentIn): readonly [Forgettable | null, number] {
  if (intent.kind === 'journal') return ['journal', intent.at];
  if (intent.kind === 'ledger') return ['messages', intent.change.at];
  return intent.kind === 'emit' ? ['events', intent.event.received] : [null, 0];
}

function readHorizons(db: Database): Horizons {
  const rows = db.prepare<[], { kind: string; at: number }>('SELECT kind, at FROM horizons').all();
  return Object.fromEntries(rows.map(({ kind, at }) => [kind, at]));
}

/** The readers' side. */
export function preparePastReports(db: Database) {
  const tallies = db.prepare<[{ journey: string | null }], Tally>(`
    SELECT journey, version, step, name, amount FROM tallies WHERE :journey IS NULL OR journey = :journey
    ORDER BY journey, version, step, name`);
  return {
    tallies: ({ journey = null }: { journey?: string | null }): Tally[] => tallies.all({ journey }),
    horizons: (): Horizons => readHorizons(db),
  };
}
