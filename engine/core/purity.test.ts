// The pure rooms stay pure because a linter sees to it; here it is seen to fail on planted lines.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { temporaryFolders } from '../testing/temporary-folders.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folders = temporaryFolders();
afterAll(() => folders.remove());

/** A tree of its own under the repository's rules, with one planted file. */
function planted(path: string, text: string): string {
  const folder = folders.make();
  for (const file of [
    'biome.json',
    '.gitignore',
    '.ci/pure-rooms.grit',
    '.dependency-cruiser.js',
    'tsconfig.json',
    'package.json',
  ]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, content] of [
    ['engine/core/clean.ts', 'export const one = 1;\n'],
    ['engine/store/sqlite/driver.ts', 'export const driver = 1;\n'],
    [path, text],
  ] as const) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text === content ? `${text}\n` : content);
  }
  return folder;
}

const run = (folder: string, program: string, ...args: string[]): number | null =>
  spawnSync(join(ROOT, 'node_modules/.bin', program), args, { cwd: folder }).status;

describe('the ban on clocks, chance, timers and async in the pure rooms', () => {
  test.each([
    ['a clock', 'export const now = Date.now();'],
    ['chance', 'export const chance = Math.random();'],
    ['a timer', 'export const timer = setTimeout(() => undefined, 1);'],
    ['async', 'export async function later(one: Promise<number>) {\n  return await one;\n}'],
    ['an actor', "import { createActor } from 'xstate';\n\nexport const start = createActor;"],
    ['the environment', 'export const home = process.env.HOME;'],
  ])('fails on %s', (_name, line) => {
    for (const room of ['core', 'language']) {
      const folder = planted(`engine/${room}/planted.ts`, line);
      expect(run(folder, 'biome', 'lint', 'engine/core/clean.ts')).toBe(0);
      expect(run(folder, 'biome', 'lint', `engine/${room}/planted.ts`)).toBe(1);
    }
  });

  test.each([
    ['a store', "import { driver } from '../store/sqlite/driver.ts';\n\nexport const used = driver;"],
    ['the file system', "import { readFileSync } from 'node:fs';\n\nexport const read = readFileSync;"],
  ])('fails on an import of %s', (_name, line) => {
    const clean = planted('engine/core/more.ts', 'export const two = 2;');
    expect(run(clean, 'depcruise', 'engine', '--config', '.dependency-cruiser.js')).toBe(0);
    const folder = planted('engine/core/planted.ts', line);
    expect(run(folder, 'depcruise', 'engine', '--config', '.dependency-cruiser.js')).not.toBe(0);
  });
});
