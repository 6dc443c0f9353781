// The small tables: suppressed addresses, the sandbox's messages, refused bodies, facts of the installation.

import type { Database } from 'better-sqlite3';
import type { PersonId } from '../../core/person.ts';
import type { Store } from '../../ports/store.ts';
import type { Suppression } from '../../ports/suppressing.ts';

export type Refused = Parameters<Store['keepRefused']>[0];

export interface MailRow {
  readonly id: string;
  readonly person: PersonId;
  readonly channel: string;
  readonly to: string;
  readonly at: number;
  readonly content: string;
}

const REFUSED_KEPT = 7 * 86_400_000;

export function prepareKeepsakes(db: Database) {
  const suppress = db.prepare<[string, string, number]>(`
    INSERT INTO suppressions (address, reason, at) VALUES (?, ?, ?) ON CONFLICT (address) DO NOTHING`);
  const suppressed = db.prepare<[string], { address: string }>('SELECT address FROM suppressions WHERE address = ?');
  const lift = db.prepare<[string], Suppression>(
    'DELETE FROM suppressions WHERE address = ? RETURNING address, reason, at',
  );
  const keepMail = db.prepare<[MailRow]>(`
    INSERT INTO mails (id, person, channel, recipient, at, content) VALUES (:id, :person, :channel, :to, :at, :content)
    ON CONFLICT (id) DO UPDATE SET person = excluded.person, channel = excluded.channel,
      recipient = excluded.recipient, at = excluded.at, content = excluded.content`);
  const moveMails = db.prepare<[PersonId, PersonId]>('UPDATE mails SET person = ? WHERE person = ?');
  const keepRefused = db.prepare<[Refused]>(`
    INSERT INTO refused (at, source, code, detail, body) VALUES (:at, :source, :code, :detail, :body)`);
  const forgetRefused = db.prepare<[number]>('DELETE FROM refused WHERE at < ?');
  const meta = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
  const setMeta = db.prepare<[string, string]>(`
    INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
  const addMeta = db.prepare<[string, string]>('INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)');
  const swapMeta = db.prepare<[string, string, string]>('UPDATE meta SET value = ? WHERE key = ? AND value = ?');
  const pulse = db.prepare<[]>('UPDATE workspace SET pulse = pulse + 1');
  return {
    suppress: (address: string, reason: string, at: number): void => void suppress.run(address, reason, at),
    suppressed: (addresses: readonly string[]): string[] =>
      addresses.filter((address) => suppressed.get(address) !== undefined),
    lift: (address: string): Suppression | null => lift.get(address) ?? null,
    keepMail: (mail: MailRow): boolean => keepMail.run(mail).changes > 0,
    moveMails: (loser: PersonId, winner: PersonId): void => void moveMails.run(winner, loser),
    keepRefused({ at, source, code, detail, body }: Refused): void {
      forgetRefused.run(at - REFUSED_KEPT);
      keepRefused.run({ at, source, code, detail, body });
    },
    meta: (key: string): string | null => meta.get(key)?.value ?? null,
    setMeta: (key: string, value: string): void => void setMeta.run(key, value),
    swapMeta: (key: string, was: string | null, value: string): boolean =>
      (was === null ? addMeta.run(key, value) : swapMeta.run(value, key, was)).changes > 0,
    /** A write of its own: only a write tells whether writes are taken. */
    pulse: (): void => void pulse.run(),
  };
}
