// A real Tropa for tests: the built program in a child process, on a folder of its own, with real HTTP and a real disk.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askSocket } from '../cli/socket.ts';
import type { Json, JsonObject } from '../language/values.ts';
import { freePort } from './free-port.ts';

const HERE = fileURLToPath(new URL('../..', import.meta.url));
/** Compiled for the soak, this file lies one folder deeper, in `dist/`. */
export const ROOT = existsSync(join(HERE, 'bin/tropa.js')) ? HERE : join(HERE, '..');
const PROGRAM = join(ROOT, 'bin/tropa.js');

export interface TropaOptions {
  /** Files of the workspace by path, or a folder. */
  readonly workspace: Readonly<Record<string, string>> | string;
  /** Where a test clock begins; without it real time runs. */
  readonly clock?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A data folder that outlives this server; made and removed when left out. */
  readonly data?: string;
  /** More of `tropa serve`: `--watch`. */
  readonly flags?: readonly string[];
  /** `worker`: without doors. */
  readonly role?: 'serve' | 'worker';
  /** Another build of the program than this one. */
  readonly program?: string;
}

export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the built program to its end. */
export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program = PROGRAM,
): Promise<CliResult> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (status) => done({ status: status ?? -1, stdout, stderr }));
  });
}

export class Tropa {
  readonly data: string;
  readonly workspace: string;
  url = '';
  /** Everything the process has said. */
  output = '';
  readonly #env: Record<string, string>;
  readonly #made: string[];
  readonly #flags: readonly string[];
  readonly #role: 'serve' | 'worker';
  readonly #program: string;
  #child: ChildProcess | null = null;

  constructor(
    data: string,
    workspace: string,
    env: Record<string, string>,
    made: string[],
    flags: readonly string[] = [],
    { role = 'serve', program = PROGRAM }: Pick<TropaOptions, 'role' | 'program'> = {},
  ) {
    this.#role = role;
    this.#program = program;
    this.data = data;
    this.workspace = workspace;
    this.#env = env;
    this.#made = made;
    this.#flags = flags;
  }

  /** Starts the process (again) and waits until it listens. */
  async start(extra: Readonly<Record<string, string>> = {}): Promise<void> {
    const folders = ['--data', this.data, '--workspace', this.workspace];
    const child = spawn(process.execPath, [this.#program, this.#role, ...folders, ...this.#flags], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', ...this.#env, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let said = '';
    await new Promise<void>((done, failed) => {
      const hear = (chunk: Buffer) => {
        this.output += chunk.toString();
        said += chunk.toString();
        const found = /(?:listens on|told at) (http:[^\s/]*\/\/[^\s/]+)/.exec(said);
        if (found?.[1] === undefined) return;
        this.url = found[1];
        done();
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('exit', (code, signal) =>
        failed(new Error(`tropa ended before it listened (${code ?? signal}): ${said}`)),
      );
    });
  }

  /** Resolves when the process has ended, by itself or by a signal. */
  ended(): Promise<{ code: number | null; signal: string | null }> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null)
      return Promise.resolve({ code: child?.exitCode ?? null, signal: child?.signalCode ?? null });
    return new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
  }

  async signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    this.#child?.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await this.ended();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Stops the process and removes what was made for it. */
  async close(): Promise<void> {
    await this.signal('SIGKILL');
    for (const folder of this.#made) await rm(folder, { recursive: true, force: true });
  }

  /** An operation over the control socket. */
  async ask<T = JsonObject>(operation: string, args: JsonObject = {}): Promise<T> {
    const answer = await askSocket(this.data, operation, args);
    if (answer === null) throw new Error('no engine answers on the socket');
    return answer.answer as T;
  }

  /** Moves the test clock through everything that is due: by a duration (`2h`) or to a moment. */
  async advance(to: string | number): Promise<void> {
    await this.ask('clock', { mode: 'advance', to: String(to) });
  }

  async set(to: string | number): Promise<void> {
    await this.ask('clock', { mode: 'set', to: String(to) });
  }

  async drain(): Promise<void> {
    await this.ask('drain');
  }

  /** A request to a Segment route with the write key `key`. */
  post(path: string, body: Json, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('key:').toString('base64')}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify(body),
    });
  }

  /** Tells one event; throws when it is not acknowledged. */
  async track(userId: string, event: string, properties: JsonObject = {}, rest: JsonObject = {}): Promise<void> {
    const response = await this.post('/v1/track', { userId, event, properties, ...rest });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  }

  async identify(userId: string, traits: JsonObject): Promise<void> {
    const response = await this.post('/v1/identify', { userId, traits });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  }

  /** The ledger's messages, oldest first. */
  async inbox(): Promise<JsonObject[]> {
    return await this.ask<JsonObject[]>('inbox', { limit: 10_000 });
  }

  /** A command of the built program on this data folder. */
  cli(...args: string[]): Promise<CliResult> {
    return runCli([...args, '--data', this.data, '--workspace', this.workspace], this.#env, this.#program);
  }
}

/** The source every small workspace has: write key `key`, no quiet hours, no caps. */
export const SMALL_SETTINGS = 'timezone: UTC\nsources:\n  shop: { type: segment, write_key: key }\n';

/** Any test may be run on the store that many share: `TEST_ON_MONGODB` names a server, each data folder a database there. */
function sharedStack(data: string): Record<string, string> {
  const server = process.env.TEST_ON_MONGODB;
  if (server === undefined || server === '') return {};
  return { MONGODB_URL: `${server}/${basename(data)}`, TROPA_SECRET: 'a secret of all processes of a test' };
}

/** Starts a server on free ports and folders of its own. */
export async function startTropa(options: TropaOptions): Promise<Tropa> {
  const made: string[] = [];
  const folder = async () => {
    const path = await mkdtemp(join(tmpdir(), 'tropa-'));
    made.push(path);
    return path;
  };
  const data = options.data ?? (await folder());
  const workspace =
    typeof options.workspace === 'string' ? options.workspace : await writeWorkspace(await folder(), options.workspace);
  const env = {
    NODE_ENV: 'test',
    PORT: String(await freePort()),
    LOG_LEVEL: 'warn',
    ...sharedStack(data),
    ...(options.clock !== undefined && { TROPA_TEST_CLOCK: '1' }),
    ...options.env,
  };
  const tropa = new Tropa(data, workspace, env, made, options.flags, options);
  await tropa.start();
  if (options.clock !== undefined) await tropa.set(options.clock);
  return tropa;
}

/** Writes files into a workspace folder; `tropa.yaml` is SMALL_SETTINGS unless given. */
export async function writeWorkspace(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries({ 'tropa.yaml': SMALL_SETTINGS, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}
