// A large crowd: what each person, event and enrollment costs on disk, a start with all of them waiting, and many timers
// due in one second.

import { setTimeout as later } from 'node:timers/promises';
import { quantile } from './quantile.ts';
import { System } from './system.ts';

export interface Crowd {
  readonly personKb: number;
  readonly eventKb: number;
  readonly enrollmentKb: number;
  readonly memoryGrewMb: number;
  readonly readyMs: number;
}

/** Bytes in use on disk once the log is folded back, in KB. */
async function kilobytes(system: System): Promise<number> {
  await system.settled(1_800);
  await later(3_000);
  return (
    (system.ask('SELECT page_count FROM pragma_page_count') -
      system.ask('SELECT freelist_count FROM pragma_freelist_count')) *
    4.096
  );
}

const FAR = Date.UTC(2030, 0, 1);

/** People with two identities each, then an event and an enrollment that waits for each of them. */
export async function crowd(people: number): Promise<Crowd> {
  const system = await System.start();
  const send = { connections: 4, events: people, from: 0, batch: 100, people, rate: null } as const;
  try {
    const memory = system.memory().now;
    const empty = await kilobytes(system);
    await system.load({ ...send, event: '', identify: true });
    const known = await kilobytes(system);
    await system.load({ ...send, event: 'bench.seen' });
    const seen = await kilobytes(system);
    await system.load({ ...send, event: 'bench.wait', due: FAR });
    const waiting = await kilobytes(system);
    const memoryGrewMb = system.memory().now - memory;
    const { data } = system;
    await system.stop({ keep: true });
    const again = await System.start({ data });
    const { readyMs } = again;
    await again.stop();
    const eventKb = (seen - known) / people;
    return {
      // An identify is three events here (traits, consent, and the yes itself); what they take is not the person's.
      personKb: (known - empty) / people - eventKb * 2,
      eventKb,
      enrollmentKb: (waiting - seen) / people - eventKb,
      memoryGrewMb,
      readyMs,
    };
  } catch (error) {
    await system.stop();
    throw error;
  }
}

export interface Timers {
  readonly perSecond: number;
  readonly latenessP95: number;
}

/** So many people whose timers are due in one and the same second. */
export async function timers(count: number, inSeconds: number): Promise<Timers> {
  const system = await System.start();
  try {
    const send = { connections: 4, events: count, from: 0, batch: 100, people: count, rate: null } as const;
    await system.load({ ...send, event: '', identify: true });
    await system.settled(1_200);
    const due = Date.now() + inSeconds * 1_000;
    await system.load({ ...send, event: 'bench.wait', due });
    if (Date.now() > due) throw new Error('the timers were due before all were set: give it more seconds');
    await later(due - Date.now());
    await system.settled(1_200);
    await system.audit({ messages: count });
    const sorted = system
      .all<{ late: number }>(
        `SELECT json_extract(body, '$.times.sending') - ? AS late FROM messages ORDER BY late`,
        due,
      )
      .map(({ late }) => late);
    return { perSecond: count / ((sorted.at(-1) ?? 1) / 1_000), latenessP95: quantile(sorted, 0.95) };
  } finally {
    await system.stop();
  }
}
