// A release newer than this one, for tests: a copy of the built program in which the schema of the shared store and the
// format of definitions are one higher, and nothing else is different.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCHEMA } from '../store/mongo/schema.ts';
import { ROOT } from './server.ts';

export interface NextRelease {
  /** What `node` runs. */
  readonly program: string;
  remove(): void;
}

/** Makes the copy. In it a journey whose title begins with `Next` needs the newer format. */
export function nextRelease(): NextRelease {
  const folder = mkdtempSync(join(tmpdir(), 'tropa-next-'));
  for (const name of readdirSync(ROOT)) {
    if (name === 'dist' || name === 'bin') cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    else if (!name.startsWith('.')) symlinkSync(join(ROOT, name), join(folder, name));
  }
  const change = (file: string, from: string, to: string) => {
    const path = join(folder, 'dist/engine', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
    writeFileSync(path, text.replace(from, to));
  };
  change('language/format.js', 'BROUGHT = []', "BROUGHT = [(journey) => journey.title.startsWith('Next')]");
  change('store/mongo/schema.js', `SCHEMA = ${SCHEMA}`, `SCHEMA = ${SCHEMA + 1}`);
  return {
    program: join(folder, 'bin/tropa.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
