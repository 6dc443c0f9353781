// A MongoDB for tests: a real server where there is one, else the stand-in, which speaks its protocol. Each test gets a
// database of its own.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

export interface MongoServer {
  readonly kind: 'given' | 'mongod' | 'stand-in' | 'downloaded';
  readonly port: number;
  /** The address of a fresh database. */
  fresh(): string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Ends it as an operator would and begins again at the same port; what it held is there where it `keeps`. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface MongoServerOptions {
  /** It is to be killed and restarted, and keeps what it acknowledged: never the server that others use. */
  readonly keeps?: boolean;
}

/** Compiled for measurements, this file lies one folder deeper, in `dist/`. */
const ROOT = new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url);
const SOURCE = fileURLToPath(new URL('engine/testing/mongo-stand-in', ROOT));
const JARS = fileURLToPath(new URL('node_modules/.cache/tropa-mongo-stand-in', ROOT));

/** Finds or starts one: `MONGODB_URL`, `mongod` on the path, the stand-in (Java and Maven), or a download. */
export async function startMongo({ keeps = false }: MongoServerOptions = {}): Promise<MongoServer> {
  const given = process.env.MONGODB_URL;
  if (given !== undefined && given !== '' && !keeps) return givenServer(given);
  if (has('mongod', ['--version'])) return await started('mongod', startMongod, keeps);
  if (has('java', ['-version']) && (existsSync(JARS) || has('mvn', ['-v'])))
    return await started('stand-in', startStandIn, keeps);
  return await downloaded();
}

const has = (program: string, args: string[]): boolean => spawnSync(program, args).status === 0;
const freshName = (): string => `tropa-test-${randomBytes(6).toString('hex')}`;

function givenServer(url: string): MongoServer {
  const parsed = new URL(url);
  const nothing = () => Promise.reject(new Error('the server of MONGODB_URL is not for killing'));
  return {
    kind: 'given',
    port: Number(parsed.port || 27_017),
    fresh() {
      parsed.pathname = `/${freshName()}`;
      return parsed.href;
    },
    kill: nothing,
    restart: nothing,
    close: () => Promise.resolve(),
  };
}

type Start = (port: number, folder: string, keeps: boolean) => Promise<ChildProcess>;

async function started(kind: MongoServer['kind'], start: Start, keeps: boolean): Promise<MongoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tropa-mongo-'));
  const port = await freePort();
  let child = await start(port, folder, keeps);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const kill = (): Promise<void> => end('SIGKILL');
  return {
    kind,
    port,
    fresh: () => `mongodb://127.0.0.1:${port}/${freshName()}`,
    kill,
    async restart() {
      // The stand-in writes to its file once a second and when it is told to end; only a real server survives more.
      await end('SIGTERM');
      child = await start(port, folder, keeps);
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const startMongod: Start = async (port, folder) => {
  const args = ['--port', `${port}`, '--bind_ip', '127.0.0.1', '--dbpath', folder, '--quiet'];
  return await saying(spawn('mongod', args, { stdio: ['ignore', 'pipe', 'ignore'] }), /Waiting for connections/i);
};

const startStandIn: Start = async (port, folder, keeps) => {
  provideJars();
  const file = keeps ? [join(folder, 'data')] : [];
  const args = ['-Xmx384m', '-XX:TieredStopAtLevel=1', '-cp', `${JARS}/*`, join(SOURCE, 'MongoStandIn.java')];
  const child = spawn('java', [...args, `${port}`, ...file], { stdio: ['ignore', 'pipe', 'ignore'] });
  return await saying(child, /^ready/m);
};

/** Fetched once, under their name only when they are all there: several tests may begin at once. */
function provideJars(): void {
  if (existsSync(JARS)) return;
  const part = `${JARS}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  const args = ['-q', '-B', '-f', join(SOURCE, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${part}`];
  execFileSync('mvn', args, { stdio: 'ignore', timeout: 300_000 });
  try {
    renameSync(part, JARS);
  } catch {
    rmSync(part, { recursive: true, force: true });
  }
}

async function saying(child: ChildProcess, word: RegExp): Promise<ChildProcess> {
  await new Promise<void>((ready, failed) => {
    let said = '';
    const ended = (code: number | null) => failed(new Error(`it ended with ${code}: ${said.slice(-500)}`));
    child.once('exit', ended);
    child.stdout?.on('data', (chunk: Buffer) => {
      if (word.test(said)) return;
      said += chunk.toString();
      if (!word.test(said)) return;
      child.off('exit', ended);
      ready();
    });
  });
  return child;
}

async function downloaded(): Promise<MongoServer> {
  const { MongoMemoryServer } = await import('mongodb-memory-server-core');
  const server = await MongoMemoryServer.create().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`These tests need a MongoDB: MONGODB_URL, mongod on the path, or Java and Maven (${why}).`);
  });
  const { port } = server.instanceInfo ?? { port: 0 };
  return {
    kind: 'downloaded',
    port,
    fresh: () => `mongodb://127.0.0.1:${port}/${freshName()}`,
    kill: async () => void (await server.stop({ doCleanup: false })),
    restart: async () => await server.start(true),
    close: async () => void (await server.stop()),
  };
}
