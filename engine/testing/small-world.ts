// A world of a few journeys for tests of core and runtime: real readers, real engine, real sandbox, time that is moved.

import { createSandbox } from '../../channels/sandbox/sandbox.ts';
import type { LiveJourney } from '../core/definitions.ts';
import type { LabParts } from '../laboratory/world.ts';
import { World } from '../laboratory/world.ts';
import { compile } from '../language/compile/compile.ts';
import { formatFault } from '../language/errors.ts';
import { readJourney } from '../language/read-journey.ts';
import { readSettings } from '../language/read-settings.ts';
import type { Template } from '../language/template.ts';
import type { Store } from '../ports/store.ts';
import type { Workshop } from '../runtime/definitions.ts';
import { assemble } from '../runtime/definitions.ts';
import { versionHash } from '../runtime/deploy.ts';
import type { Renderer } from '../runtime/render/renderer.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { createLocalWakeups } from '../wakeups/local.ts';

/** Monday 2026-03-02, 12:00 UTC. */
export const START = Date.UTC(2026, 2, 2, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Renders nothing: what a message says is no matter here. */
const BLANK: Renderer = {
  render: async (request) => ({
    headers: { subject: request.template.name },
    actions: [],
    html: null,
    text: request.template.name,
    faults: [],
    hash: 'blank',
    locale: null,
  }),
  check: async () => [],
  close: async () => undefined,
};

export interface Rules {
  /** `tropa.yaml`; no quiet hours and no caps unless it says so. */
  readonly settings?: string;
  readonly paused?: readonly string[];
}

/** Definitions of these journeys (YAML texts). Every template they name exists. */
export function workshopOf(journeys: readonly string[], rules: Rules = {}): Workshop {
  const { settings } = readSettings('tropa.yaml', rules.settings ?? 'timezone: UTC', {});
  const live: LiveJourney[] = journeys.map((text) => {
    const { journey, faults } = readJourney('journey.yaml', text);
    if (journey === undefined) throw new Error(faults.map(formatFault).join('\n'));
    const compiled = compile(journey, versionHash(journey.id, text));
    return { compiled, paused: rules.paused?.includes(journey.id) ?? false, archived: false };
  });
  const templates: Template[] = live.flatMap(({ compiled }) =>
    [...compiled.sends.values()].map((send) => ({
      journey: compiled.journey.id,
      name: send.template,
      locale: null,
      channel: send.channel,
      format: 'txt' as const,
      headers: [],
      body: send.template,
      bodyLine: 1,
      file: `${send.template}.txt`,
    })),
  );
  return assemble({
    revision: 1,
    settings,
    templates,
    live,
    versions: new Map(live.map(({ compiled }) => [compiled.hash, compiled])),
    tellsDelivery: () => true,
  });
}

export function partsOn(store: () => Store = createMemoryStore): LabParts {
  return { store, wakeups: createLocalWakeups, sandbox: createSandbox, renderer: BLANK };
}

/** A world at START whose people all allow and have every channel. */
export class SmallWorld extends World {
  constructor(journeys: readonly string[], rules: Rules = {}, store: () => Store = createMemoryStore) {
    super(partsOn(store), workshopOf(journeys, rules), START);
  }

  /** Somebody with every address and consent. */
  async meet(id: string, traits: Record<string, string> = {}): Promise<void> {
    await this.tell(id, 'tropa.begin', {
      traits: { email: `${id}@example.com`, phone: '+12025551234', push: `https://push.example/${id}`, ...traits },
      consent: ['email', 'sms', 'push'],
      kept: { pick: { holdout: false } },
    });
  }

  /** Templates of messages that left, in order. */
  async sent(): Promise<string[]> {
    return (await this.messages()).filter((row) => row.times.sending !== undefined).map((row) => row.template);
  }

  async skipped(): Promise<string[]> {
    return (await this.messages())
      .filter((row) => row.status === 'skipped')
      .map((row) => `${row.template}: ${row.reason}`);
  }

  async pass(ms: number): Promise<void> {
    await this.advance(this.clock.now() + ms);
  }
}
