// What a gateway's answer means for a message. Nothing of its words is passed on: they quote numbers and keys (P30).

import type { Json, SendOutcome } from '../../engine/ports/channel.ts';
import type { GuardedAnswer } from '../../engine/ports/guarded.ts';
import { filled, type Places } from './gateway-request.ts';
import type { AnswerSettings, Sign } from './gateway-settings.ts';

const AGAIN = 30_000;
const LONGEST = 3_600_000;

type Whole = Extract<GuardedAnswer, { ok: true }>;

/** Reads one answer; `places` fill the paths of the settings. */
export function outcomeOf(answer: GuardedAnswer, settings: AnswerSettings, places: Places): SendOutcome {
  if (!answer.ok) return unanswered(answer);
  const { status, headers } = answer;
  const why = `the gateway answered ${status}`;
  if (settings.ok.includes(status)) return judged(answer, settings, places);
  if (settings.refused.includes(status)) return refused(why);
  if (settings.retry.includes(status)) return { result: 'retry', after: waitOf(headers), why };
  return usual(answer, settings, places, why);
}

/** Statuses nobody has said anything about. */
function usual(answer: Whole, settings: AnswerSettings, places: Places, why: string): SendOutcome {
  const { status, headers } = answer;
  if (status >= 200 && status < 300)
    return settings.ok.length === 0 ? judged(answer, settings, places) : { result: 'unknown', why };
  if (status === 429) return { result: 'retry', after: waitOf(headers), why, down: true };
  if (status === 401 || status === 403) return { result: 'halted', why: `${why}: compare its login with tropa.yaml` };
  if (status >= 300 && status < 400) return { result: 'halted', why: `${why}: it has moved, and is not followed` };
  // It may have been taken before something broke.
  return status >= 500 ? { result: 'unknown', why } : refused(why);
}

/** An answer with a good status: gateways also say no with it. */
function judged(answer: Whole, settings: AnswerSettings, places: Places): SendOutcome {
  const { id, okIf, refusedIf, retryIf } = settings;
  const reads = id !== null || okIf.length + refusedIf.length + retryIf.length > 0;
  if (!reads) return { result: 'accepted', providerId: places.id };
  const why = `the gateway answered ${answer.status}`;
  const body = readBody(answer.body);
  if (body === undefined) return { result: 'unknown', why: `${why} with no JSON` };
  const says = (sign: Sign) => sign.values.includes(leafOf(body, sign.path, places) ?? '');
  if (refusedIf.some(says)) return refused(`${why}, and that it was not taken`);
  if (retryIf.some(says)) return { result: 'retry', after: waitOf(answer.headers), why: `${why}, and to come again` };
  if (!okIf.every(says)) return refused(`${why}, but not that it was taken`);
  const told = id === null ? places.id : leafOf(body, id, places);
  return told === null || told === ''
    ? { result: 'unknown', why: `${why} without naming the message` }
    : { result: 'accepted', providerId: told.slice(0, 200) };
}

function unanswered(answer: Exclude<GuardedAnswer, Whole>): SendOutcome {
  const why = `the gateway: ${answer.detail}`;
  if (answer.why === 'forbidden') return { result: 'halted', why };
  return answer.written ? { result: 'unknown', why } : { result: 'retry', after: AGAIN, why, down: true };
}

function refused(detail: string): SendOutcome {
  return { result: 'refused', why: { kind: 'provider', detail } };
}

function waitOf(headers: Readonly<Record<string, string>>): number {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, LONGEST) : AGAIN;
}

function readBody(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

/** The text, number or truth at `messages.0.id`, as text; null where there is none. */
function leafOf(body: Json, path: string, places: Places): string | null {
  let value: Json | undefined = body;
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object') return null;
    const name = filled(step, places);
    value = Object.hasOwn(value, name) ? (value as Record<string, Json>)[name] : undefined;
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
