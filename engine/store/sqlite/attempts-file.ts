// The note of who is being decided, in a small file of the data folder: it has to outlive the process, not the machine,
// so it is written without waiting for the disk.

import { ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt, Attempts } from '../../ports/attempts.ts';

/** Attempts noted in `folder`. */
export function attemptsFile(folder: string): Attempts {
  const path = join(folder, 'attempt.json');
  const last = read(path);
  let file: number | null = null;
  let noted = last !== null;
  return {
    last: () => last,
    note(attempt) {
      if (attempt === null && !noted) return;
      file ??= openSync(path, 'w');
      noted = attempt !== null;
      ftruncateSync(file, 0);
      if (attempt !== null) writeSync(file, JSON.stringify(attempt), 0);
    },
  };
}

function read(path: string): Attempt | null {
  try {
    const text = readFileSync(path, 'utf8');
    return text === '' ? null : (JSON.parse(text) as Attempt);
  } catch {
    return null;
  }
}
