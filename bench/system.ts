// The system under test: a real `tropa serve` as `npm start` runs it, on a data folder of its own, watched from outside
// through /proc and a connection that only reads.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import SQLite, { type Database } from 'better-sqlite3';
import type { Job, Sent } from './load.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TROPA = join(ROOT, 'bin/tropa.js');
/** Clock ticks a second of /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

export class System {
  readonly port: number;
  readonly data: string;
  readonly workspace: string;
  readonly readyMs: number;
  readonly #child: ChildProcess;
  #db: Database | null = null;

  private constructor(child: ChildProcess, port: number, data: string, workspace: string, readyMs: number) {
    this.#child = child;
    this.port = port;
    this.data = data;
    this.workspace = workspace;
    this.readyMs = readyMs;
  }

  /** Starts Tropa on a new data folder, or on one that is there. */
  static async start(options: { readonly data?: string; readonly workspace?: string } = {}): Promise<System> {
    const data = options.data ?? mkdtempSync(join(process.env.TROPA_BENCH_DIR ?? tmpdir(), 'tropa-bench-'));
    const workspace = options.workspace ?? join(ROOT, 'bench/workspace');
    const port = await freePort();
    const since = performance.now();
    const child = spawn(
      process.execPath,
      [
        ...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []),
        TROPA,
        'serve',
        '--json',
        '--watch',
        '--data',
        data,
        '--workspace',
        workspace,
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { PATH: process.env.PATH, PORT: String(port), LOG_LEVEL: 'warn' },
      },
    );
    const died = once(child, 'exit').then(() => Promise.reject(new Error('tropa serve ended before it listened')));
    const [line] = (await Promise.race([once(createInterface(child.stdout!), 'line'), died])) as [string];
    JSON.parse(line);
    died.catch(() => undefined);
    return new System(child, port, data, workspace, performance.now() - since);
  }

  /** Seconds of CPU that all its threads have used. */
  cpu(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }

  /** Seconds of CPU by thread, the busiest first: the main thread, the store's writer, helpers of the runtime. */
  threads(): readonly { readonly id: string; readonly name: string; readonly seconds: number }[] {
    const tasks = `/proc/${this.#child.pid}/task`;
    return readdirSync(tasks)
      .map((id) => {
        const [name = '', rest = ''] = readFileSync(`${tasks}/${id}/stat`, 'utf8').split(') ');
        const fields = rest.split(' ');
        const main = id === String(this.#child.pid) ? 'main' : (name.split('(')[1] ?? '');
        return { id, name: main, seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
      })
      .sort((a, b) => b.seconds - a.seconds);
  }

  /** Resident memory in MB: now, and at its highest since the start. */
  memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const mb = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
    return { now: mb('VmRSS'), peak: mb('VmHWM') };
  }

  /** MB of the database and its log. */
  disk(): number {
    return ['tropa.db', 'tropa.db-wal'].reduce((sum, file) => {
      const found = statSync(join(this.data, file), { throwIfNoEntry: false });
      return sum + (found?.size ?? 0) / 1e6;
    }, 0);
  }

  /** One value of the store, asked over a connection that only reads. */
  ask<T = number>(sql: string, ...args: unknown[]): T {
    this.#db ??= new SQLite(join(this.data, 'tropa.db'), { readonly: true });
    return this.#db
      .prepare(sql)
      .pluck()
      .get(...args) as T;
  }

  all<T>(sql: string, ...args: unknown[]): T[] {
    this.#db ??= new SQLite(join(this.data, 'tropa.db'), { readonly: true });
    return this.#db.prepare(sql).all(...args) as T[];
  }

  /** Runs the load generator and answers what it measured. */
  async load(job: Omit<Job, 'port'>): Promise<Sent> {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('./load.js', import.meta.url)), JSON.stringify({ ...job, port: this.port })],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const sent = JSON.parse(line) as Sent;
    if (sent.refused > 0) throw new Error(`${sent.refused} requests were not answered with 200`);
    return sent;
  }

  /** Waits until nothing is due and nothing unread, looking ten times a second. Throws after `withinSeconds`. */
  async settled(withinSeconds = 120): Promise<void> {
    const until = Date.now() + withinSeconds * 1_000;
    for (;;) {
      const busy = this.ask('SELECT EXISTS (SELECT 1 FROM queue WHERE wake_at <= ?)', Date.now() + 30_000);
      // Whose message is on its way out is due again only after a while.
      if (busy === 0 && this.ask('SELECT EXISTS (SELECT 1 FROM people WHERE begun > 0)') === 0) return;
      if (Date.now() > until) throw new Error(`still not settled after ${withinSeconds} s`);
      await later(100);
    }
  }

  /** Recounts every figure, and that nothing is missing; a run that lacks anything is void. */
  async audit(expected: { readonly events?: number; readonly messages?: number } = {}): Promise<void> {
    const child = spawn(process.execPath, [TROPA, 'audit', '--data', this.data, '--workspace', this.workspace], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    const [code] = (await once(child, 'exit')) as [number];
    if (code !== 0) throw new Error(`the audit found differences; this run is void:\n${said}`);
    const lacks: string[] = [];
    const check = (what: string, wanted: number | undefined, sql: string): void => {
      if (wanted === undefined) return;
      const found = this.ask(sql);
      if (found !== wanted) lacks.push(`${found} ${what} instead of ${wanted}`);
    };
    check('events', expected.events, `SELECT count(*) FROM events WHERE source <> 'tropa' AND name LIKE 'bench.%'`);
    check('fence rows', expected.messages, 'SELECT count(*) FROM messages');
    check('settled outcomes', expected.messages, `SELECT count(*) FROM messages WHERE status IN ('sent', 'delivered')`);
    check('mails', expected.messages, 'SELECT count(*) FROM mails');
    check(
      'journal entries of hand-overs',
      expected.messages,
      `SELECT count(*) FROM journal WHERE json_extract(body, '$.kind') = 'begun'`,
    );
    if (lacks.length > 0) throw new Error(`this run is void: ${lacks.join(', ')}`);
  }

  /** Ends it, and removes the data unless they are kept. */
  async stop(options: { readonly keep?: boolean } = {}): Promise<void> {
    this.#db?.close();
    this.#db = null;
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    if (!options.keep) rmSync(this.data, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
