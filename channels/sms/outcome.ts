// What an answer of Twilio's API means for a message. Codes: https://www.twilio.com/docs/api/errors.

import type { Heard, SendOutcome } from '../../engine/ports/channel.ts';

type Meaning =
  /** The address takes no text messages, now or later: next rung. */
  | 'address'
  /** The person said no, at the provider: never again. */
  | 'suppress'
  /** Slower, or later. */
  | 'later'
  /** Nothing of this sender will be taken until somebody looks: login, money, a filter. */
  | 'halt'
  /** This message: next rung. */
  | 'content';

const MEANINGS: Readonly<Record<number, Meaning>> = {
  20001: 'content',
  20003: 'halt', // authentication
  20005: 'halt', // the account is not active
  20008: 'halt', // test credentials
  20404: 'halt',
  20429: 'later',
  14107: 'later', // send rate limit
  21211: 'address', // invalid To
  21214: 'address',
  21217: 'address',
  21408: 'address', // no permission for the region
  21603: 'halt', // no From
  21606: 'halt', // From is not ours
  21610: 'suppress', // the recipient has opted out
  21611: 'later', // the queue of this From is full
  21612: 'address',
  21614: 'address', // not a mobile number
  21617: 'content', // longer than 1,600 characters
  21635: 'address', // a landline
  21659: 'halt',
  21660: 'halt',
  21703: 'halt', // the messaging service has no numbers
  30001: 'later',
  30002: 'halt', // the account is suspended
  30003: 'later', // the handset is unreachable
  30004: 'address', // blocked by the carrier or the person
  30005: 'address', // unknown handset
  30006: 'address', // a landline or unreachable carrier
  30007: 'halt', // filtered by the carrier
  30008: 'later',
  30022: 'later',
  30034: 'halt', // an unregistered number
  63016: 'halt', // outside the allowed window, without a template
};

const SECOND = 1_000;

/** What it was answered with. */
export interface TwilioAnswer {
  readonly status: number;
  /** Twilio's own error code, or null. */
  readonly code: number | null;
  /** Seconds of `Retry-After`, or null. */
  readonly retryAfter: number | null;
}

/** The outcome of a message that was not taken. Nothing of Twilio's words is passed on: they quote numbers (P30). */
export function outcomeOf({ status, code, retryAfter }: TwilioAnswer): SendOutcome {
  const why = `Twilio answered ${status}${code === null ? '' : ` with error ${code}`}`;
  const meaning = code === null ? undefined : MEANINGS[code];
  // A 5xx may come after the message was taken: nobody resends that (P07).
  if (status >= 500) return { result: 'unknown', why };
  if (status === 429 || meaning === 'later')
    return { result: 'retry', after: (retryAfter ?? 30) * SECOND, why, ...(status === 429 && { down: true as const }) };
  if (meaning === 'halt' || status === 401 || status === 403) return { result: 'halted', why };
  if (meaning === 'suppress') return { result: 'refused', why: { kind: 'address', detail: why, suppress: true } };
  if (meaning === 'address') return { result: 'refused', why: { kind: 'address', detail: why } };
  return { result: 'refused', why: { kind: meaning === 'content' ? 'content' : 'provider', detail: why } };
}

/** What a status callback means, or null where it tells nothing new. */
export function heardOfStatus(status: string, code: number | null): Pick<Heard, 'kind' | 'reason' | 'halts'> | null {
  if (status === 'delivered' || status === 'read') return { kind: 'delivered' };
  if (status !== 'failed' && status !== 'undelivered') return null;
  const reason = code === null ? `${status} by the carrier` : `error ${code}`;
  const meaning = code === null ? undefined : MEANINGS[code];
  if (meaning === 'suppress') return { kind: 'stop', reason };
  // A carrier's filter is told only here, after the message was taken.
  if (meaning === 'halt') return { kind: 'failed', reason, halts: `Twilio reported error ${code}` };
  // A handset that is off is not a number that nobody has.
  return code === 30005 || code === 30006 ? { kind: 'bounced', reason } : { kind: 'failed', reason };
}
