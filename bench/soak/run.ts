// One soak: a server that is never stopped, in real time, whose memory is watched, and one that is killed all the time,
// whose clock jumps. Both get the same good load and everything bad there is, and both are audited at the end.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { BAD_DAY_SETTINGS } from '../../engine/testing/bad-requests.ts';
import { startTropa, type Tropa } from '../../engine/testing/server.ts';
import { Load, WORKSPACE } from './load.ts';
import { makeMischief } from './mischief.ts';
import { keepTime, killAgain } from './trouble.ts';
import { growthOf, type Recount, recount } from './verdict.ts';

export interface SoakOptions {
  readonly seconds: number;
  /** Told a line about once a minute. */
  readonly say: (line: string) => void;
}

export interface Soak {
  /** Of the server that lives, in MB, a sample a second. */
  readonly memory: readonly number[];
  readonly kills: number;
  readonly mischief: number;
  readonly lived: Recount & { readonly acknowledged: number };
  readonly killed: Recount & { readonly acknowledged: number };
  /** Everything that is not as it should be. */
  readonly findings: readonly string[];
}

/** Shorter runs are over before memory has settled. */
const SETTLED = 400;
const MOST_GROWTH = 0.2;
/** Milliseconds between the events of one of four senders. */
const GAP = 40;

/** Runs it. Nothing is left behind. */
export async function soak({ seconds, say }: SoakOptions): Promise<Soak> {
  const workspace = { 'tropa.yaml': BAD_DAY_SETTINGS, ...WORKSPACE };
  const lives = await startTropa({ workspace, flags: ['--watch'] });
  const dies = await startTropa({ workspace, clock: Date.now() });
  try {
    const [ofLiving, ofDying] = [new Load(lives, GAP), new Load(dies, GAP * 2)];
    const over = AbortSignal.timeout(seconds * 1_000);
    const memory: number[] = [];
    const [mischief, more, kills] = await Promise.all([
      makeMischief(lives, true, over),
      makeMischief(dies, false, over),
      killAgain(dies, Math.max(1_500, Math.min(8_000, seconds * 100)), over),
      ofLiving.run(over),
      ofDying.run(over),
      keepTime(dies, over),
      watchMemory(lives, memory, over, say),
    ]);
    // What the living one still has to do is done on a clock that is moved, like the other's.
    await lives.signal('SIGTERM');
    await lives.start({ TROPA_TEST_CLOCK: '1' });
    await dies.set(Date.now() + 2 * 365 * 86_400_000);
    const lived = await recount(lives, ofLiving.acknowledged);
    const killed = await recount(dies, ofDying.acknowledged);
    const findings = [
      ...mischief.findings,
      ...more.findings,
      ...lived.findings.map((line) => `the server that lived: ${line}`),
      ...killed.findings.map((line) => `the server that was killed: ${line}`),
      ...(lived.unknown > 0 ? [`${lived.unknown} messages of a server that was never killed are unknown`] : []),
      ...memoryFindings(memory),
    ];
    return {
      memory,
      kills,
      mischief: mischief.done + more.done,
      lived: { ...lived, acknowledged: ofLiving.acknowledged.size },
      killed: { ...killed, acknowledged: ofDying.acknowledged.size },
      findings,
    };
  } finally {
    await Promise.all([lives.close(), dies.close()]);
  }
}

function memoryFindings(memory: readonly number[]): string[] {
  const growth = growthOf(memory);
  if (memory.length < SETTLED || growth <= MOST_GROWTH) return [];
  return [`memory grew by ${(growth * 100).toFixed(0)} % from the first third to the last`];
}

/** Resident memory, once a second, as /proc tells it; where there is no /proc nothing is judged. */
async function watchMemory(tropa: Tropa, memory: number[], over: AbortSignal, say: SoakOptions['say']): Promise<void> {
  for (let second = 0; !over.aborted; second += 1) {
    try {
      const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${tropa.pid}/status`, 'utf8')) ?? [];
      if (kilobytes !== undefined) memory.push(Number(kilobytes) / 1_024);
    } catch {
      return;
    }
    if (second % 30 === 0) say(`${String(second).padStart(4)} s  ${memory.at(-1)?.toFixed(0)} MB`);
    await pause(1_000, undefined, { signal: over }).catch(() => undefined);
  }
}
