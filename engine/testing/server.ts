// A real Tropa in a process of its own: the compiled command line, on a folder and a port of its own, its clock moved by
// the test. What a test says here goes through HTTP, the control socket, or signals; nothing is reached from inside.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askSocket, socketPath } from '../cli/socket.ts';
import type { Json, JsonObject } from '../language/values.ts';

const TROPA = fileURLToPath(new URL('../../bin/tropa.js', import.meta.url));
/** A loaded machine with two cores takes its time; nobody waits this long on a good day. */
const PATIENCE = 40_000;

/** Settings for workspaces that bring none: the write key `demo`, and nothing that could hold a message back. */
export const PLAIN_SETTINGS = `brand: { name: Lumen, url: https://lumen.example, color: "#3B5BDB", address: "1 Light Street, Riga" }
timezone: UTC
locale: en
currency: EUR
consent: { email: opt_out, sms: opt_out, push: opt_out }
sources:
  shop: { type: segment, write_key: demo }
`;

export interface TropaOptions {
  /** Files by their path inside the workspace (`tropa.yaml` may be left out), or the folder of one. */
  readonly workspace: Readonly<Record<string, string>> | string;
  /** Where the clock stands at first, as ISO 8601; it then moves by `advance` and `set` alone. Left out: the machine's clock. */
  readonly clock?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The data folder; a new one when left out. */
  readonly data?: string;
  /** Options of `tropa serve`. */
  readonly flags?: readonly string[];
}

/** One line of `tropa inbox --json`. */
export interface InboxLine {
  readonly id: string;
  readonly profile: string;
  readonly journey: string;
  readonly step: string;
  readonly template: string;
  readonly channel: string;
  readonly to: string | null;
  readonly at: string;
  readonly status: string;
  readonly reason: string | null;
}

export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Tropa {
  readonly url: string;
  readonly data: string;
  readonly workspace: string;
  readonly socket: string;
  readonly pid: number;
  /** Everything the present process has printed. */
  readonly said: string;
  /** Lets everything happen until then, each thing at its own time: an ISO time, or a length such as `2h30m`. */
  advance(to: string): Promise<void>;
  /** Sets the clock at once, back as well, and lets happen what is then due. */
  set(to: string): Promise<void>;
  /** Asks the running process's control socket; throws TropaError as the command line would show it. */
  ask(operation: string, args?: JsonObject): Promise<Json>;
  /** Sends an event as Segment's API takes it. `userId` is anna unless `call` names somebody. */
  track(event: string, properties?: JsonObject, call?: JsonObject): Promise<Response>;
  /** POSTs JSON with the write key `demo`. */
  post(path: string, body: Json): Promise<Response>;
  /** Every message of the ledger, oldest first. */
  inbox(): Promise<InboxLine[]>;
  /** Runs a command on the same folders, in a process of its own. */
  cli(...args: string[]): Promise<Finished>;
  /** SIGKILL: nothing is finished, nothing is tidied up. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit status. */
  stop(): Promise<number | null>;
  /** Resolves when the process has ended by itself, with its exit status (null: a signal). */
  ended(): Promise<number | null>;
  /** Starts a new process on the same folders and port; ends the present one by SIGKILL where it still runs. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
}

const folders: string[] = [];
const running = new Set<ChildProcess>();

/** Ends every process started here and removes their folders: for `afterAll`. */
export async function removeTropas(): Promise<void> {
  await Promise.all([...running].map(endNow));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Starts a server and waits until it says where it listens. Throws with what it printed when it ends before. */
export async function startTropa(options: TropaOptions): Promise<Tropa> {
  const workspace = typeof options.workspace === 'string' ? options.workspace : workspaceOf(options.workspace);
  const data = options.data ?? newFolder();
  const port = await freePort();
  let env = { ...basics(data, workspace), PORT: String(port), ...(options.clock !== undefined && { TROPA_TEST_CLOCK: '1' }), ...options.env };
  const flags = options.flags ?? [];
  let server = await serve(env, flags);
  const url = `http://127.0.0.1:${port}`;
  const ask = async (operation: string, args: JsonObject = {}): Promise<Json> => {
    const asked = await askSocket(data, operation, args);
    if (asked === null) throw new Error(`no engine answers on ${data}; it said:\n${server.said()}`);
    return asked.answer;
  };
  const post = (path: string, body: Json): Promise<Response> =>
    fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from('demo:').toString('base64')}` }, body: JSON.stringify(body) });
  const move = async (mode: 'advance' | 'set', to: string) => void (await ask('clock', { mode, to }));
  if (options.clock !== undefined) await move('set', options.clock);
  return {
    url,
    data,
    workspace,
    socket: socketPath(data),
    get pid() {
      return server.child.pid ?? 0;
    },
    get said() {
      return server.said();
    },
    advance: (to) => move('advance', to),
    set: (to) => move('set', to),
    ask,
    post,
    track: (event, properties = {}, call = {}) => post('/v1/track', { userId: 'anna', event, properties, ...call }),
    async inbox() {
      const rows = (await ask('inbox', { limit: 10_000 })) as unknown as InboxLine[];
      return [...rows].sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
    },
    cli: (...args) => runTropa(args, env),
    kill: () => endNow(server.child),
    stop() {
      server.child.kill('SIGTERM');
      return exitOf(server.child);
    },
    ended: () => exitOf(server.child),
    async restart(more = {}) {
      await endNow(server.child);
      env = { ...env, ...more };
      server = await serve(env, flags);
    },
  };
}

/** Runs one command to its end, without a server. */
export async function runTropa(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const child = start(args, { ...basics(newFolder(), newFolder()), ...env });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.on('data', (text: string) => {
    stderr += text;
  });
  const code = await exitOf(child);
  return { code, stdout, stderr };
}

/** A new folder with these files, `tropa.yaml` among them. */
export function workspaceOf(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  for (const [path, text] of Object.entries({ 'tropa.yaml': PLAIN_SETTINGS, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A folder that `removeTropas` removes. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tropa-'));
  folders.push(folder);
  return folder;
}

function basics(data: string, workspace: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', NODE_ENV: 'test', HOST: '127.0.0.1', LOG_LEVEL: 'error', TROPA_DATA: data, TROPA_WORKSPACE: workspace };
}

function start(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [TROPA, ...args], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.stdout?.setEncoding('utf8');
  child.stderr?.setEncoding('utf8');
  return child;
}

async function serve(env: Readonly<Record<string, string>>, flags: readonly string[]): Promise<{ child: ChildProcess; said: () => string }> {
  const child = start(['serve', ...flags], env);
  let text = '';
  await new Promise<void>((ready, failed) => {
    const late = setTimeout(() => failed(new Error(`the server did not listen within ${PATIENCE} ms; it said:\n${text}`)), PATIENCE);
    const hear = (more: string) => {
      text += more;
      if (!text.includes(' listens on http')) return;
      clearTimeout(late);
      ready();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => {
      clearTimeout(late);
      failed(new Error(`the server ended with ${code} before it listened; it said:\n${text}`));
    });
  });
  return { child, said: () => text };
}

/** The status a process ends with, after everything it printed has been read. */
async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode;
}

async function endNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await exitOf(child);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
