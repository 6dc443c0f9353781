// Where the control socket of a data folder lies: inside it, or, where that path is too long for the kernel, in a folder
// of the same owner under the system's temporary folder, named in the data folder.

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TropaError } from '../language/errors.ts';

/** Linux takes 107 bytes, macOS 103. */
const LONGEST = 100;

/** The socket of a data folder; the same for whoever asks, however they spell the folder. */
export function socketPath(data: string): string {
  const own = join(real(data), 'tropa.sock');
  return Buffer.byteLength(own) <= LONGEST ? own : join(elsewhere(own), 'tropa.sock');
}

/** Makes the socket's folder where it is not the data folder itself. Refuses one that belongs to somebody else. */
export function prepareSocketPath(data: string): string {
  const path = socketPath(data);
  const own = join(real(data), 'tropa.sock');
  if (path === own) return path;
  const folder = elsewhere(own);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = lstatSync(folder);
  const foreign = process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o077) !== 0);
  if (foreign)
    throw new TropaError(
      'E_CONFIG',
      `${folder} is open to others. Remove it, or use a data folder with a shorter path.`,
    );
  writeFileSync(join(data, 'tropa.sock.path'), `${path}\n`);
  return path;
}

const elsewhere = (own: string): string =>
  join(tmpdir(), `tropa-${createHash('sha256').update(own).digest('hex').slice(0, 24)}`);

function real(data: string): string {
  try {
    return realpathSync(data);
  } catch {
    return resolve(data);
  }
}
