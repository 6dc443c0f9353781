// The good load of a soak: people who tell events, and tell again what was not answered, as real senders do. What was
// acknowledged is written down here, and held against the store at the end.

import { setTimeout as pause } from 'node:timers/promises';
import type { Tropa } from '../../engine/testing/server.ts';

export const WORKSPACE = {
  'soak/journey.yaml': `journey: soak
status: live
category: transactional
trigger: { event: go, key: event.n }
steps:
  - email: hello
  - wait: 2s
  - email: again
`,
  'soak/hello.email.html':
    'subject: Hello {{ profile.first_name }}\n---\n<p>Hello <a href="https://shop.example">there</a></p>\n',
  'soak/again.email.html': 'subject: Again\n---\n<p>Again, {{ trigger.n }}</p>\n',
};

/** How often a sender tells again what was not answered, before it gives up. */
const TRIES = 5;

export class Load {
  /** `messageId` of every event that was acknowledged. */
  readonly acknowledged = new Set<string>();
  readonly #tropa: Tropa;
  /** Milliseconds between two events of one sender. */
  readonly #gap: number;
  #told = 0;

  constructor(tropa: Tropa, gap: number) {
    this.#tropa = tropa;
    this.#gap = gap;
  }

  /** Four senders, until they are told to stop. Every tenth event is told twice though it was answered. */
  async run(over: AbortSignal): Promise<void> {
    const sender = async () => {
      while (!over.aborted) {
        this.#told += 1;
        const n = this.#told;
        await this.#tell(n, over);
        if (n % 10 === 0) await this.#tell(n, over);
        await pause(this.#gap);
      }
    };
    await Promise.all([sender(), sender(), sender(), sender()]);
  }

  async #tell(n: number, over: AbortSignal): Promise<void> {
    const messageId = `soak-${n}`;
    // Three events a person: some meet in one record, and records stay as small as real ones.
    const userId = `p${Math.floor(n / 3)}`;
    const traits = { email: `${userId}@soak.example`, first_name: 'Anna' };
    const event = { userId, event: 'go', messageId, properties: { n }, context: { traits } };
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        if ((await this.#tropa.post('/v1/track', event)).status === 200) return void this.acknowledged.add(messageId);
      } catch {
        // Killed while it listened, most likely: nobody knows whether it was stored.
      }
      if (over.aborted) return;
      await pause(100);
    }
  }
}
