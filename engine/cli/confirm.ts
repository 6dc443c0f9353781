// Asking whoever sits at the terminal whether they mean it.

import { createInterface } from 'node:readline/promises';
import { TropaError } from '../language/errors.ts';

/** True for a yes. Throws TropaError `E_BAD_REQUEST` where nobody can answer: scripts say `--yes`. */
export async function confirmed(what: string, question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new TropaError('E_BAD_REQUEST', 'Nobody is here to be asked whether this is meant. Say it with --yes.');
  console.error(what);
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await line.question(`${question} [y/N] `)).trim());
  } finally {
    line.close();
  }
}
