// Ordinary people beside whatever goes wrong in a test: each tells one event, and each must get one message for it.

import type { Tropa } from './server.ts';

/** A journey that writes at once. */
export const HELLO = {
  'hello/journey.yaml': `journey: hello
status: live
category: transactional
trigger: { event: go, key: event.n }
steps:
  - email: hello
`,
  'hello/hello.email.html': 'subject: Hello\n---\n<p>Hello</p>\n',
};

export class Neighbours {
  readonly #tropa: Tropa;
  #count = 0;

  constructor(tropa: Tropa) {
    this.#tropa = tropa;
  }

  /** Somebody new tells an ordinary event, and gets a message. Throws where they do not. For servers on a test clock. */
  async goOn(): Promise<void> {
    this.#count += 1;
    const id = `neighbour-${this.#count}`;
    await this.#tropa.track(id, 'go', { n: 1 }, { context: { traits: { email: `${id}@example.com` } } });
    await this.#tropa.drain();
    const rows = (await this.#tropa.inbox()).filter((row) => row.profile === id);
    const [row] = rows;
    if (rows.length !== 1 || row?.status !== 'delivered')
      throw new Error(`${id} should have one delivered message, and has ${JSON.stringify(rows)}`);
  }
}
