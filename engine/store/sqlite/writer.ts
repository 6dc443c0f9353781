// The worker thread that holds the folder's lock and the only connection that writes.

import { databaseFile, openForWriting, tidy } from './database.ts';
import { groupCommits } from './group-commit.ts';
import { lockFolder } from './lock.ts';
import { prepareScrubber } from './scrubbing.ts';
import { serve } from './serve.ts';
import { prepareWriter } from './writes.ts';

const BUDGET_MS = 8;
/** Quiet for this long, the database is tidied. */
const QUIET_MS = 1_000;

serve((settings, { answer, listen }) => {
  const unlock = lockFolder(settings.folder);
  const db = openForWriting(settings);
  let quiet: NodeJS.Timeout | undefined;
  const idle = (): void => {
    quiet ??= setTimeout(() => {
      quiet = undefined;
      // What cannot be tidied now (a full disk) is tidied at the next quiet moment.
      try {
        tidy(db);
      } catch {}
    }, QUIET_MS).unref();
  };
  const scrubber = prepareScrubber(db, databaseFile(settings.folder));
  const { reads, writes } = prepareWriter(db, scrubber);
  const group = groupCommits({ db, reads, writes, answer, listen, budgetMs: settings.budgetMs ?? BUDGET_MS, idle });
  return {
    take: group.take,
    close() {
      group.drain();
      clearTimeout(quiet);
      db.close();
      scrubber.close();
      unlock();
    },
  };
});
