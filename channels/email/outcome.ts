// What an SMTP failure means, by how far the mail had come and what the server said (RFC 5321 section 4.2, RFC 3463).

import type { SendOutcome } from '../../engine/ports/channel.ts';

/**
 * How far it had come: `connect` until the login is over, `envelope` until the server asked for the mail, `content` while
 * it was written, `end` once all of it was: then the server may have it.
 */
export type Phase = 'connect' | 'envelope' | 'content' | 'end';

export interface Failure {
  readonly phase: Phase;
  /** nodemailer's `code`: ECONNECTION, EAUTH, ETLS … */
  readonly code: string;
  /** The command that was answered, where one was: `RCPT TO`. */
  readonly command: string;
  /** The reply's three digits, or null where there was no reply. */
  readonly reply: number | null;
  /** Enhanced status code of the reply: `5.1.1`. */
  readonly status: string | null;
  /** What the server said, in lower case, for telling unknown users from others. Never passed on. */
  readonly words: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The outcome of a message that met this failure. */
export function outcomeOf(failure: Failure): SendOutcome {
  const { phase, reply } = failure;
  if (phase === 'connect') return unconnected(failure);
  if (reply === null) return unanswered(failure);
  if (reply === 421) return later('the server closed the connection', 30 * SECOND, failure, true);
  if (reply < 500) return later(`${nameOf(failure)} was put off`, putOff(failure), failure, false);
  return refused(failure);
}

/** Without an answer all that counts is whether the server may have the whole mail. */
function unanswered(failure: Failure): SendOutcome {
  if (failure.code === 'EENVELOPE')
    return { result: 'refused', why: { kind: 'address', detail: 'the address cannot be written to' } };
  return failure.phase === 'end'
    ? { result: 'unknown', why: 'the server was told the whole mail and gave no answer' }
    : later('the connection broke before the mail was handed over', 30 * SECOND, failure, true);
}

function unconnected(failure: Failure): SendOutcome {
  const { code, reply } = failure;
  const refusedLogin = code === 'EAUTH' && (reply === null || reply >= 500);
  if (refusedLogin) return { result: 'halted', why: `the server refuses the login${said(failure)}` };
  if (code === 'ENOAUTH') return { result: 'halted', why: 'the server wants a login, and the "url" has none' };
  if (code === 'ETLS' && reply !== null)
    return {
      result: 'halted',
      why: 'the server offers no encryption: use its TLS port, or `tls: optional` where the way there is safe',
    };
  const why = code === 'ETLS' ? 'the encrypted connection could not be made' : 'no connection to the server';
  return later(why, 30 * SECOND, failure, true);
}

/** Greylisting wants minutes, a server that is busy less. */
function putOff({ command, reply }: Failure): number {
  return command === 'RCPT TO' || reply === 450 ? 5 * MINUTE : MINUTE;
}

function later(why: string, after: number, failure: Failure, down: boolean): SendOutcome {
  return { result: 'retry', after, why: `${why}${said(failure)}`, ...(down && { down: true as const }) };
}

function refused(failure: Failure): SendOutcome {
  const { command, reply } = failure;
  const detail = `${nameOf(failure)} was refused${said(failure)}`;
  if (command !== 'RCPT TO')
    return {
      result: 'refused',
      why: { kind: reply === 552 || command !== 'MAIL FROM' ? 'content' : 'provider', detail },
    };
  if (nobodyThere(failure)) return { result: 'refused', why: { kind: 'address', detail, suppress: true } };
  return { result: 'refused', why: { kind: isPolicy(failure) ? 'provider' : 'address', detail } };
}

/** RFC 3463: bad destination mailbox, system or syntax; mailbox moved or disabled. A full mailbox (5.2.2) is somebody's. */
const NOBODY = /^5\.(1\.(1|2|3|6|10)|2\.1)$/;
const NOBODY_WORDS =
  /user unknown|unknown (user|recipient|mailbox)|no such (user|recipient|mailbox|address|person)|(user|recipient|mailbox|account|address) (does not|doesn't|not) (exist|found)|invalid (recipient|mailbox)|recipient not found|mailbox (unavailable|not found)|not a valid (user|mailbox|recipient)/;

function nobodyThere({ reply, status, words }: Failure): boolean {
  if (status !== null && status !== '5.0.0' && !/^5\.1\.0$/.test(status)) return NOBODY.test(status);
  return (reply === 550 || reply === 551 || reply === 553) && NOBODY_WORDS.test(words);
}

/** 5.7: security and policy; that is about us, and not about the address. */
function isPolicy({ status, reply }: Failure): boolean {
  return status === null ? reply === 554 : status.startsWith('5.7.');
}

function nameOf({ command, phase }: Failure): string {
  if (command === 'RCPT TO') return 'the recipient';
  if (command === 'MAIL FROM') return 'the sender';
  return phase === 'end' || command === 'DATA' ? 'the mail' : 'the command';
}

/** The reply's numbers; its words may quote the address (P30). */
function said({ reply, status }: Failure): string {
  return reply === null ? '' : ` (${reply}${status === null ? '' : ` ${status}`})`;
}
