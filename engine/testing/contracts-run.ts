// Looks for adapters whose tests do not run their port's contract. Used by the meta-test of each such room.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The text of an adapter's tests: of a folder all that stand in it, of a file the one beside it. */
function testsOf(room: string, name: string, isFolder: boolean): string {
  if (!isFolder) return read(join(room, `${basename(name, '.ts')}.test.ts`));
  const tests = readdirSync(join(room, name)).filter((file) => file.endsWith('.test.ts'));
  return tests.map((file) => read(join(room, name, file))).join('\n');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Folders of `room` none of whose tests calls `contract`. */
export function foldersWithoutContract(room: string, contract: string): string[] {
  return readdirSync(room, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !calls(testsOf(room, entry.name, true), contract))
    .map(({ name }) => name);
}

/** Files and folders of `room` that are adapters and whose tests do not call `contract`. */
export function adaptersWithoutContract(room: string, contract: string): string[] {
  const files = readdirSync(room).filter((name) => name.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(name));
  const missing = files.filter((name) => !calls(testsOf(room, name, false), contract));
  return [...missing, ...foldersWithoutContract(room, contract)];
}

const calls = (text: string, contract: string): boolean => new RegExp(`^\\s*${contract}\\(`, 'm').test(text);
