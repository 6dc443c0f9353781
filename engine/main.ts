// The composition root: the only importer of adapters. It hands them to the command line, each loaded when it is used.

import type { Adapters } from './cli/adapters.ts';
import { run } from './cli/program.ts';

const adapters: Adapters = {
  embeddedStore: async (folder) => (await import('./store/sqlite/sqlite-store.ts')).openSqliteStore(folder),
  memoryStore: async () => (await import('./store/memory/memory-store.ts')).createMemoryStore,
  wakeups: async () => (await import('./wakeups/local.ts')).createLocalWakeups,
  sandbox: async () => (await import('../channels/sandbox/sandbox.ts')).createSandbox,
  providers: async () => await import('../channels/providers.ts'),
  returnedMail: async () => (await import('../channels/email/bounces/read.ts')).readReturnedMail,
  sourceDoor: async () => (await import('./sources/doors.ts')).sourceDoor,
  attempts: async (folder) => (await import('./store/sqlite/attempts-file.ts')).attemptsFile(folder),
};

process.exitCode = await run(process.argv, process.env, adapters);
