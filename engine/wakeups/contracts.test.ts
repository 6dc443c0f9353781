// Every adapter of this room, be it a file or a folder, runs the contract.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { adaptersWithoutContract } from '../testing/contracts-run.ts';

test('every adapter of this room runs the contract', () => {
  expect(adaptersWithoutContract(dirname(fileURLToPath(import.meta.url)), 'wakeupsContract')).toEqual([]);
});

test('names an adapter without tests', () => {
  const room = mkdtempSync(join(tmpdir(), 'tropa-room-'));
  writeFileSync(join(room, 'pigeons.ts'), '');
  expect(adaptersWithoutContract(room, 'wakeupsContract')).toEqual(['pigeons.ts']);
  rmSync(room, { recursive: true });
});
