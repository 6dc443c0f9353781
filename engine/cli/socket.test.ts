import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { TropaError } from '../language/errors.ts';
import { CheckFailed } from '../runtime/deploy.ts';
import { temporaryFolders } from '../testing/temporary-folders.ts';
import { askSocket, serveSocket } from './socket.ts';
import { socketPath } from './socket-path.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

function deepFolder(): string {
  const folder = join(folders.make(), 'a-folder-with-a-long-name'.repeat(5));
  mkdirSync(folder);
  return folder;
}

describe('the control socket', () => {
  test('is for its owner alone, and carries answers and errors whole', async () => {
    const data = folders.make();
    server = await serveSocket(data, (name, args) => {
      if (name === 'fail')
        throw new CheckFailed([
          { code: 'E_QUOTE', severity: 'error', message: 'x.', place: { file: 'a', line: 1, column: 2 } },
        ]);
      return Promise.resolve([name, args]);
    });
    expect(statSync(join(data, 'tropa.sock')).mode & 0o777).toBe(0o600);
    expect(await askSocket(data, 'hello', { a: 1 })).toEqual({ answer: ['hello', { a: 1 }] });
    const failed = await askSocket(data, 'fail', {}).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CheckFailed);
    expect((failed as CheckFailed).faults[0]?.place).toEqual({ file: 'a', line: 1, column: 2 });
  });

  test('lies elsewhere, closed to others and noted, where the folder’s path is too long for the kernel', async () => {
    const data = deepFolder();
    server = await serveSocket(data, () => Promise.resolve('here'));
    const path = socketPath(data);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
    expect(readFileSync(join(data, 'tropa.sock.path'), 'utf8').trim()).toBe(path);
    expect(lstatSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(await askSocket(data, 'x', {})).toEqual({ answer: 'here' });
    rmSync(dirname(path), { recursive: true });
  });

  test('is refused where somebody else could listen in its place', async () => {
    const data = deepFolder();
    const folder = dirname(socketPath(data));
    mkdirSync(folder, { mode: 0o777, recursive: true });
    chmodSync(folder, 0o777);
    await expect(serveSocket(data, () => Promise.resolve(null))).rejects.toBeInstanceOf(TropaError);
    rmSync(folder, { recursive: true });
  });

  test('left behind by a killed process is nobody, and is replaced by the next', async () => {
    const data = folders.make();
    expect(await askSocket(data, 'x', {})).toBeNull();
    writeFileSync(join(data, 'tropa.sock'), '');
    expect(await askSocket(data, 'x', {})).toBeNull();
    server = await serveSocket(data, () => Promise.resolve('again'));
    expect(await askSocket(data, 'x', {})).toEqual({ answer: 'again' });
  });
});
