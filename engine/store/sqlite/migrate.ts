// Brings a database to this release's schema: numbered, append-only, each in one transaction with its number.

import type { Database } from 'better-sqlite3';
import { TropaError } from '../../language/errors.ts';
import { MIGRATIONS } from './migrations/all.ts';

/** Runs what is missing. A database of a newer release is refused by name and left as it is (`E_STORE_NEWER`). */
export function migrate(db: Database, migrations: readonly string[] = MIGRATIONS): void {
  const run = db.transaction(() => {
    const schema = db.pragma('user_version', { simple: true }) as number;
    if (schema > migrations.length) {
      throw new TropaError(
        'E_STORE_NEWER',
        `this data folder has schema ${schema}; this release of Tropa knows ${migrations.length}. Run the newer release.`,
      );
    }
    for (const sql of migrations.slice(schema)) db.exec(sql);
    if (schema < migrations.length) db.pragma(`user_version = ${migrations.length}`);
  });
  run.immediate();
}
