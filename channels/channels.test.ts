// Sees to it that no channel escapes the contract.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const IMPORTS = /import\s*\{[^}]*\bchannelContract\b[^}]*\}\s*from\s*'\.\.\/channel\.contract\.ts'/;
const RUNS = /^\s*channelContract\(/m;

/** Folders of `root` in which no test both imports the contract and calls it. */
function outsideTheContract(root: string): string[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((folder) => folder.name).filter((folder) => !runsIt(join(root, folder)));
}

function runsIt(folder: string): boolean {
  const tests = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  return tests.some((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return IMPORTS.test(text) && RUNS.test(text);
  });
}

test('every folder under channels/ runs the contract of channels', () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  expect(readdirSync(here)).toContain('sandbox');
  expect(outsideTheContract(here)).toEqual([]);
});

test('a channel that only mentions the contract is found out', () => {
  const root = mkdtempSync(join(tmpdir(), 'tropa-channels-'));
  const write = (folder: string, text: string): void => {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, `${folder}.test.ts`), text);
  };
  try {
    const line = "import { channelContract } from '../channel.contract.ts';\n";
    write('runs', `${line}channelContract('runs', subject);\n`);
    write('imports', `${line}test('nothing', () => undefined);\n`);
    write('comments', `${line}// channelContract('comments', subject);\n`);
    mkdirSync(join(root, 'empty'));
    expect(outsideTheContract(root).sort()).toEqual(['comments', 'empty', 'imports']);
  } finally {
    rmSync(root, { recursive: true });
  }
});
