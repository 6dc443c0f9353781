// Mail by SMTP to a sink in another process: Tropa whole (events, journey, store, templates, tracking), and beside it what
// nodemailer's own pool reaches with a mail of the same size.

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { introduce, PEOPLE } from './burst.ts';
import { System } from './system.ts';

const CONNECTIONS = 5;

export interface Mails {
  readonly perSecond: number;
  readonly bare: number;
}

/**
 * Sends `count` mails each way, after half as many to warm up; the pool before Tropa and after it, because others share the
 * machine. Throws where the sink took another number.
 */
export async function mails(count: number): Promise<Mails> {
  const sink = fork(fileURLToPath(import.meta.url), ['sink'], { execArgv: [] });
  const bare = async (port: number): Promise<number> => {
    const reached = await pool(port, count);
    await taken(sink, count);
    return reached;
  };
  try {
    const port = await told<number>(sink);
    const warm = Math.round(count / 2);
    await pool(port, warm);
    await taken(sink, warm);
    const before = await bare(port);
    const perSecond = await whole(port, { count, warm }, sink);
    return { perSecond, bare: (before + (await bare(port))) / 2 };
  } finally {
    sink.kill();
  }
}

const told = <Answer>(child: ChildProcess): Promise<Answer> =>
  new Promise((done, failed) => {
    child.once('message', (answer) => done(answer as Answer));
    child.once('exit', () => failed(new Error('the sink ended')));
  });

/** How many mails the sink took since it was last asked. */
async function taken(sink: ChildProcess, expected: number): Promise<void> {
  const answer = told<number>(sink);
  sink.send('count');
  const count = await answer;
  if (count !== expected) throw new Error(`${expected} mails were sent and ${count} taken`);
}

const WORKSPACE = fileURLToPath(new URL('../../bench/workspace', import.meta.url));

async function pool(port: number, count: number): Promise<number> {
  const html = readFileSync(join(WORKSPACE, 'bench-mail/offer.email.html'), 'utf8');
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  let next = 0;
  const line = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++)
      await transport.sendMail({
        from: 'Bench <hello@bench.example>',
        to: `p${n}@bench.example`,
        subject: `An offer ${n}`,
        html,
        text: html.replace(/<[^>]*>/g, ''),
      });
  };
  const began = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(Array.from({ length: CONNECTIONS * 4 }, line));
  const { user, system } = process.cpuUsage(cpu);
  console.error(`  CPU of nodemailer’s pool: ${((user + system) / 1_000 / count).toFixed(2)} ms a mail`);
  const seconds = (performance.now() - began) / 1_000;
  transport.close();
  return count / seconds;
}

async function whole(
  port: number,
  { count, warm }: { count: number; warm: number },
  sink: ChildProcess,
): Promise<number> {
  const workspace = mkdtempSync(join(tmpdir(), 'tropa-bench-smtp-'));
  await cp(WORKSPACE, workspace, { recursive: true });
  const settings = readFileSync(join(WORKSPACE, 'tropa.yaml'), 'utf8');
  const sender = `senders:\n  email: { provider: smtp, url: "smtp://127.0.0.1:${port}", from: "Bench <hello@bench.example>", connections: ${CONNECTIONS} }\n`;
  writeFileSync(join(workspace, 'tropa.yaml'), settings + sender);
  const system = await System.start({ workspace });
  try {
    const load = (events: number, from: number) =>
      system.load({ connections: 4, events, from, batch: 100, people: PEOPLE, event: 'bench.go', rate: null });
    await introduce(system);
    await load(warm, count);
    await system.settled(600);
    await taken(sink, warm);
    const [cpu, before] = [system.cpu(), new Map(system.threads().map(({ id, seconds }) => [id, seconds]))];
    const sent = await load(count, 0);
    await system.settled(600);
    await taken(sink, count);
    const ms = (seconds: number): string => ((1_000 * seconds) / count).toFixed(2);
    const each = system.threads().map(({ id, name, seconds }) => `${name} ${ms(seconds - (before.get(id) ?? 0))}`);
    console.error(`  CPU of Tropa ${ms(system.cpu() - cpu)} ms a mail: ${each.slice(0, 6).join(', ')}`);
    await system.audit({ events: count + warm });
    const last = system.ask(`SELECT max(json_extract(body, '$.times.sent')) FROM messages`);
    return count / ((last - sent.startedAt) / 1_000);
  } finally {
    await system.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** The other process: it takes every mail whole, and counts. */
function serve(): void {
  let count = 0;
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onData(stream, _session, done) {
      stream.resume();
      stream.on('end', () => {
        count += 1;
        done();
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1', () => process.send?.((listening.address() as { port: number }).port));
  process.on('message', () => {
    process.send?.(count);
    count = 0;
  });
  process.on('disconnect', () => process.exit(0));
}

if (process.argv[2] === 'sink') serve();
