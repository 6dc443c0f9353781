// The composition root: the only importer of adapters. It hands them to the command line, each loaded when it is used.

import type { Adapters } from './cli/adapters.ts';
import { run } from './cli/program.ts';

const adapters: Adapters = {
  embeddedStore: async (folder) => (await import('./store/sqlite/sqlite-store.ts')).openSqliteStore(folder),
  sharedStore: async (url, options) => (await import('./store/mongo/mongo-store.ts')).openMongoStore(url, options),
  moveFolder: async (options) => (await import('./store/mongo/moving.ts')).moveFolder(options),
  restoreShared: async (url, file) => (await import('./store/mongo/backup.ts')).restoreInto(url, file),
  sharedWakeups: async ({ url, ...rest }) => {
    if (url === null) return (await import('./wakeups/local.ts')).createLocalWakeups();
    const [{ connectRedis }, { createBullmqWakeups }] = await Promise.all([
      import('./wakeups/bullmq/connect-redis.ts'),
      import('./wakeups/bullmq/bullmq-wakeups.ts'),
    ]);
    return createBullmqWakeups({ redis: await connectRedis(url), ...rest });
  },
  traces: async (options) => (await import('./traces/otlp.ts')).createOtlpTraces(options),
  memoryStore: async () => (await import('./store/memory/memory-store.ts')).createMemoryStore,
  wakeups: async () => (await import('./wakeups/local.ts')).createLocalWakeups,
  sandbox: async () => (await import('../channels/sandbox/sandbox.ts')).createSandbox,
  providers: async () => await import('../channels/providers.ts'),
  returnedMail: async () => (await import('../channels/email/bounces/read.ts')).readReturnedMail,
  sourceDoor: async () => (await import('./sources/doors.ts')).sourceDoor,
  attempts: async (folder) => (await import('./store/sqlite/attempts-file.ts')).attemptsFile(folder),
};

process.exitCode = await run(process.argv, process.env, adapters);
