// A store that does not run the contract is no store: this fails for every folder here whose tests leave it out.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { foldersWithoutContract } from '../testing/contracts-run.ts';

test('every folder of this room runs the contract', () => {
  expect(foldersWithoutContract(dirname(fileURLToPath(import.meta.url)), 'storeContract')).toEqual([]);
});

test('names a folder that only speaks of the contract', () => {
  const room = mkdtempSync(join(tmpdir(), 'tropa-room-'));
  mkdirSync(join(room, 'mongo'));
  writeFileSync(
    join(room, 'mongo', 'mongo.test.ts'),
    "import { storeContract } from '../store.contract.ts'; // storeContract(",
  );
  expect(foldersWithoutContract(room, 'storeContract')).toEqual(['mongo']);
  rmSync(room, { recursive: true });
});
