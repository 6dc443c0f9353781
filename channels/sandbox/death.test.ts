// The sandbox's recipients that kill: real child processes, real SIGKILL. The children run what is built in `dist/`.

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { outgoing } from '../channel.contract.ts';

const SANDBOX = new URL('../../dist/channels/sandbox/sandbox.js', import.meta.url);

/** Sends one message, writing down what the engine would know: what was kept, the answer, the receipts. */
const CHILD = `
  import { appendFileSync } from 'node:fs';
  const [, sandbox, file, message, mayDie] = process.argv;
  const note = (line) => appendFileSync(file, line + '\\n');
  const { createSandbox } = await import(sandbox);
  const host = { now: () => 0, receipts: async (all) => note('receipt ' + all[0].kind), keepMail: async (mail) => note('kept ' + mail.id) };
  const made = createSandbox(host, { mayDie: mayDie === 'true' });
  const [outcome] = await made.channel('email').send([JSON.parse(message)]);
  note('answered ' + outcome.result);
  await made.idle();
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tropa-death-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function send(to: string, mayDie: boolean): { child: SpawnSyncReturns<string>; known: string[] } {
  const file = join(folder, 'known');
  const message = JSON.stringify(outgoing('email', 'm', to));
  const args = ['--input-type=module', '-e', CHILD, SANDBOX.href, file, message, String(mayDie)];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return { child, known };
}

test('P06 die-before-answer kills the process before the message is taken', () => {
  const { child, known } = send('die-before-answer+anna@example.com', true);
  expect({ signal: child.signal, stderr: child.stderr, known }).toEqual({ signal: 'SIGKILL', stderr: '', known: [] });
});

test('P06 die-after-taking kills the process when the message is kept and nobody has the answer', () => {
  const { child, known } = send('die-after-taking@example.com', true);
  expect({ signal: child.signal, stderr: child.stderr, known }).toEqual({
    signal: 'SIGKILL',
    stderr: '',
    known: ['kept m'],
  });
});

test('nobody kills a process that may not die by typing an address', () => {
  const { child, known } = send('die-after-taking@example.com', false);
  expect({ signal: child.signal, stderr: child.stderr, known }).toEqual({
    signal: null,
    stderr: '',
    known: ['kept m', 'answered unknown'],
  });
});
