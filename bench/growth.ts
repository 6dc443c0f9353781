// What growth costs: the same burst among ten thousand people and among a million, with one live journey and with two
// hundred; and events that concern no journey at all.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { burst, introduce } from './burst.ts';
import { System } from './system.ts';

const WORKSPACE = fileURLToPath(new URL('../../bench/workspace', import.meta.url));

export interface Growth {
  /** Messages a second among many people, as a share of those among few. */
  readonly ofPeople: number;
  readonly ofJourneys: number;
  readonly idleEvents: number;
}

async function rate(
  events: number,
  options: { readonly crowd?: number; readonly workspace?: string } = {},
): Promise<number> {
  const system = await System.start(options.workspace === undefined ? {} : { workspace: options.workspace });
  try {
    if (options.crowd !== undefined) await introduce(system, options.crowd);
    await introduce(system);
    return (await burst(system, events, 100, 4)).messagesPerSecond;
  } finally {
    await system.stop();
  }
}

/** The benchmark's workspace with so many more journeys that nobody enters. */
function withJourneys(count: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'tropa-bench-journeys-'));
  cpSync(WORKSPACE, folder, { recursive: true });
  const text = readFileSync(join(WORKSPACE, 'bench-mail/journey.yaml'), 'utf8');
  for (let n = 1; n < count; n += 1) {
    mkdirSync(join(folder, `other-${n}`));
    const other = text.replace('journey: bench-mail', `journey: other-${n}`).replace('bench.go', `bench.other-${n}`);
    writeFileSync(join(folder, `other-${n}/journey.yaml`), other);
    cpSync(join(WORKSPACE, 'bench-mail/offer.email.html'), join(folder, `other-${n}/offer.email.html`));
  }
  return folder;
}

/** Events of people that no journey asks for, until they are applied. */
async function idleEvents(events: number): Promise<number> {
  const system = await System.start();
  try {
    await introduce(system);
    const { startedAt } = await system.load({
      connections: 4,
      events,
      from: 0,
      batch: 100,
      people: 10_000,
      event: 'bench.seen',
      rate: null,
    });
    await system.settled();
    const seconds = (Date.now() - startedAt) / 1_000;
    await system.audit({ events });
    return events / seconds;
  } finally {
    await system.stop();
  }
}

export async function growth(people: number, events: number): Promise<Growth> {
  const few = await rate(events);
  const many = await rate(events, { crowd: people });
  const workspace = withJourneys(200);
  try {
    const journeys = await rate(events, { workspace });
    return { ofPeople: many / few, ofJourneys: journeys / few, idleEvents: await idleEvents(events * 2) };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}
