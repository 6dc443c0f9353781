// What the answers of push services mean: for one device, and for a message to all devices of a person. Codes as in RFC
// 8030 and as Mozilla (https://mozilla-push-service.readthedocs.io/en/latest/http.html#error-codes), Google
// (https://firebase.google.com/docs/cloud-messaging/scale-fcm#errors) and Apple write about them.

import type { Millis, Refusal, SendOutcome } from '../../engine/ports/channel.ts';
import type { GuardedAnswer } from '../../engine/ports/guarded.ts';

/** What became of the message on its way to one device. */
export type DeviceAnswer =
  | { readonly kind: 'took'; readonly providerId: string | null }
  | { readonly kind: 'gone'; readonly endpoint: string }
  | { readonly kind: 'wait'; readonly after: Millis; readonly why: string; readonly down: boolean }
  | { readonly kind: 'refused'; readonly why: Refusal }
  | { readonly kind: 'halted'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

const AGAIN: Millis = 60_000;
const LONGEST: Millis = 24 * 3_600_000;

/** Who answers. An endpoint is whatever a browser told: only a push service that is known may stop others' messages. */
export interface Standing {
  /** A browser maker's own service: when it is away or refuses our keys, this concerns every message. */
  readonly known: boolean;
  /**
   * It has taken messages under these keys: a 401 or 403 is about this one subscription (made under other keys, RFC 8292
   * section 4.2), and nobody need stop for it. Where it has not yet, it may be the keys; the sender counts.
   */
  readonly trusted: boolean;
}

const KNOWN = /(^|\.)(fcm\.googleapis\.com|push\.services\.mozilla\.com|push\.apple\.com|notify\.windows\.com)$/;

/** True for the push services of Chrome, Firefox, Safari and Edge. */
export function isKnownService(host: string): boolean {
  return KNOWN.test(host);
}

/** Reads one answer. */
export function readAnswer(answer: GuardedAnswer, endpoint: string, by: Standing): DeviceAnswer {
  if (answer.ok) return byStatus(answer.status, answer.headers, endpoint, by);
  if (answer.status !== undefined) return byStatus(answer.status, {}, endpoint, by);
  if (answer.why === 'forbidden') return refused('address', `the endpoint is forbidden: ${answer.detail}`);
  if (!answer.written) return { kind: 'wait', after: AGAIN, why: `the push service: ${answer.detail}`, down: by.known };
  return { kind: 'unknown', why: `the push service: ${answer.detail}` };
}

function byStatus(
  status: number,
  headers: Readonly<Record<string, string>>,
  endpoint: string,
  by: Standing,
): DeviceAnswer {
  if (status >= 200 && status < 300) return { kind: 'took', providerId: headers.location ?? null };
  switch (status) {
    case 404:
    case 410:
      return { kind: 'gone', endpoint };
    case 401:
    case 403:
      return by.known && !by.trusted
        ? { kind: 'halted', why: `the push service answers ${status}: it does not accept these VAPID keys` }
        : otherKeys();
    case 408:
    case 429:
    case 503:
      return { kind: 'wait', after: waitOf(headers), why: `the push service answers ${status}`, down: by.known };
    case 413:
      return refused('content', '413: the push service finds it too long');
    default:
      return status >= 500
        ? { kind: 'unknown', why: `the push service answers ${status}` }
        : refused('provider', `the push service answers ${status}`);
  }
}

/** Of one subscription that is none of ours. */
export const otherKeys = (): DeviceAnswer => refused('address', 'the subscription was made under other VAPID keys');

const refused = (kind: Refusal['kind'], detail: string): DeviceAnswer => ({ kind: 'refused', why: { kind, detail } });

/** Retry-After in seconds or as a date (RFC 9110 section 10.2.3), counted on the sender's own clock. */
function waitOf(headers: Readonly<Record<string, string>>): Millis {
  const told = headers['retry-after'];
  if (told === undefined) return AGAIN;
  const wait = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.parse(headers.date ?? '');
  return Number.isFinite(wait) ? Math.min(LONGEST, Math.max(1_000, wait)) : AGAIN;
}

/**
 * One answer for all devices: taken where at least one took it. Where none did, what may have been taken is unknown
 * before anything else; then what an operator must look at; then what may be tried again.
 */
export function together(answers: readonly DeviceAnswer[], message: string): SendOutcome {
  const gone = answers.flatMap((answer) => (answer.kind === 'gone' ? [answer.endpoint] : []));
  const lost = gone.length > 0 ? { gone } : {};
  const took = of(answers, 'took')[0];
  if (took !== undefined) return { result: 'accepted', providerId: took.providerId ?? `push:${message}`, ...lost };
  const unknown = of(answers, 'unknown')[0];
  if (unknown !== undefined) return { result: 'unknown', why: unknown.why };
  const halted = of(answers, 'halted')[0];
  if (halted !== undefined) return { result: 'halted', why: halted.why };
  const [wait] = [...of(answers, 'wait')].sort((a, b) => a.after - b.after);
  if (wait !== undefined)
    return { result: 'retry', after: wait.after, why: wait.why, ...(wait.down && { down: true as const }) };
  const all = of(answers, 'refused');
  const why = (all.find((one) => one.why.kind === 'content') ?? all[0])?.why;
  return { result: 'refused', why: why ?? { kind: 'address', detail: 'no device is left' }, ...lost };
}

function of<Kind extends DeviceAnswer['kind']>(answers: readonly DeviceAnswer[], kind: Kind) {
  return answers.filter((answer): answer is Extract<DeviceAnswer, { kind: Kind }> => answer.kind === kind);
}
