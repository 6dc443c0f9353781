// A turnstile: lets so many messages a second through, and tells everybody else when their turn comes, so that whoever
// waits is judged again at that moment and not before (I6).

import type { Instant, Millis } from '../../language/values.ts';

/** Whoever's turn is this near goes at once: waking up for less costs more than it gives. */
const NEAR: Millis = 1_000;
const UNITS: Readonly<Record<string, Millis>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export class Turnstile {
  readonly #gap: Millis;
  readonly #hands: () => number;
  #next: Instant = Number.NEGATIVE_INFINITY;
  readonly #turns = new Map<string, Instant>();

  /**
   * `rate`: `50/s`, `1000/h`. It is shared evenly by so many `hands`: people are spread over them by hash, so each has
   * about as much to send, and no counter has to be asked that may be away.
   */
  constructor(rate: string, hands: () => number = () => 1) {
    this.#hands = hands;
    const [, count, unit] = /^(\d+)\/([smhd])$/.exec(rate) ?? [];
    this.#gap = (UNITS[unit ?? 's'] ?? 1_000) / Math.max(1, Number(count ?? 1));
  }

  /** When this message's turn is: now, or later. Asked again it has the same turn. The urgent never wait, and are counted. */
  turnOf(message: string, now: Instant, urgent: boolean): Instant {
    const known = this.#turns.get(message);
    const turn = known ?? Math.max(now, this.#next);
    if (known === undefined) this.#next = turn + this.#gap * Math.max(1, this.#hands());
    if (urgent || turn <= now + NEAR) {
      this.#turns.delete(message);
      return now;
    }
    this.#turns.set(message, turn);
    this.#forgetMissed(now);
    return turn;
  }

  /** Turns that nobody came for: their message was skipped meanwhile. */
  #forgetMissed(now: Instant): void {
    for (const [message, turn] of this.#turns) {
      if (turn > now - 3_600_000) return;
      this.#turns.delete(message);
    }
  }
}
