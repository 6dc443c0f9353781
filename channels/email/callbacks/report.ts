// What email services report about a mail, in one shape: each service's file translates its own words into it.

import type { Heard, Instant, JsonObject } from '../../../engine/ports/channel.ts';
import { isHard, reasonOf } from '../bounces/reasons.ts';

/** The fields of a report that say what it is about. */
export interface About {
  readonly message: string | null;
  readonly address: string | null;
  readonly at: Instant;
  readonly id: string | null;
}

export function heard(about: About, kind: Heard['kind'], more: Pick<Heard, 'reason' | 'value'> = {}): Heard {
  const { id, ...rest } = about;
  return { channel: 'email', ...rest, kind, ...(id !== null && { id }), ...more };
}

/**
 * A bounce with what the receiving server said. Services call bounces permanent that are about policy or a full mailbox;
 * the server's own words decide, and only where there are none the service's.
 */
export function bounced(about: About, words: string, status: string, isPermanent: boolean): Heard {
  const text = words.toLowerCase().slice(0, 2_000);
  const told = /[245]\.\d{1,3}\.\d{1,3}/.exec(status)?.[0] ?? /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(text)?.[0] ?? '';
  const reply = Number(/(?:^|\D)([245]\d\d)(?=\D|$)/.exec(text)?.[1] ?? 0);
  const silent = text.trim() === '' && told === '';
  const reason = reasonOf({ status: told, reply, words: text, command: 'RCPT' });
  const hard = silent ? isPermanent : isPermanent && isHard(reason);
  return heard(about, hard ? 'bounced' : 'soft_bounced', {
    reason: silent ? 'told by the service' : `${reason}${told === '' ? '' : ` (${told})`}`,
  });
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const recordOf = (value: unknown): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
