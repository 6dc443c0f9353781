// Letting go of a store, as a process that has nothing else to do sees it.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { temporaryFolders } from '../../testing/temporary-folders.ts';

const STORE = new URL('../../../dist/engine/store/sqlite/sqlite-store.js', import.meta.url);
const folders = temporaryFolders();
afterAll(() => folders.remove());

test('is waited for to the end by a process that closes it and does nothing else', async () => {
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(STORE.href)});
    const store = await openSqliteStore(${JSON.stringify(folders.make())});
    await store.close();
    console.log('closed');`;
  // Node ends such a process with 13 where nothing keeps it alive while it waits. That is a race: one run proves little.
  for (let run = 0; run < 5; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe('closed\n');
  }
});
