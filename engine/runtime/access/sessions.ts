// Sessions and keys: who a request is from. A session ends by itself, by signing out, and when its user's password, role or
// second factor change.

import { randomUUID } from 'node:crypto';
import { TropaError } from '../../language/errors.ts';
import type { Instant, Millis } from '../../language/values.ts';
import { countAttempt } from './attempts.ts';
import {
  type AccessDesk,
  type ApiKey,
  type Book,
  changeBook,
  hashOf,
  newToken,
  type Role,
  readBook,
  type Session,
  type User,
  withUser,
} from './book.ts';
import { isPassword } from './passwords.ts';
import { stepOfCode } from './totp.ts';

/** Unused for this long, and however used for this long, a session is over. */
const IDLE: Millis = 12 * 3_600_000;
/** In milliseconds; a cookie lives as long. */
export const SESSION_LASTS: Millis = 7 * 86_400_000;
/** Use is written down this often: reading pages writes little. */
const SEEN_EVERY: Millis = 5 * 60_000;
const MOST_SESSIONS = 20;
const MOST_KEYS = 100;
/** By what a key is known in logs and by secret scanners. */
export const KEY_MARK = 'tropa_';

/** Who asks. */
export interface Caller {
  /** Null for a key. */
  readonly id: string | null;
  /** Of a user; of a key, its name. */
  readonly email: string;
  readonly role: Role;
  /** Whether a key asks: no browser sends one by itself, so it needs no proof of origin. */
  readonly key: boolean;
}

/** Begins a session; answers its token, which is told once. */
export function beginSession(desk: AccessDesk, { id, epoch }: Pick<User, 'id' | 'epoch'>): Promise<string> {
  const token = newToken();
  const now = desk.now();
  const session: Session = { hash: hashOf(token), user: id, epoch, began: now, seen: now };
  return changeBook(desk, (book) => {
    const standing = book.sessions.filter((one) => userOfSession(book, one, now) !== undefined);
    const own = standing.filter((one) => one.user === id).slice(1 - MOST_SESSIONS);
    const others = standing.filter((one) => one.user !== id);
    return { book: { ...book, sessions: [...others, ...own, session] }, result: token };
  });
}

function userOfSession(book: Book, session: Session, now: Instant): User | undefined {
  if (session.seen + IDLE <= now || session.began + SESSION_LASTS <= now) return undefined;
  return book.users.find((user) => user.id === session.user && user.epoch === session.epoch);
}

/** Whose session it is, or null for one that is over. */
export async function callerOfSession(desk: AccessDesk, token: string): Promise<Caller | null> {
  const [book, hash, now] = [await readBook(desk), hashOf(token), desk.now()];
  const session = book.sessions.find((one) => one.hash === hash);
  const user = session && userOfSession(book, session, now);
  if (session === undefined || user === undefined) return null;
  if (session.seen + SEEN_EVERY <= now)
    await changeBook(desk, (current) => ({
      book: {
        ...current,
        sessions: current.sessions.map((one) => (one.hash === hash ? { ...one, seen: now } : one)),
      },
      result: undefined,
    }));
  return { id: user.id, email: user.email, role: user.role, key: false };
}

export function endSession(desk: AccessDesk, token: string): Promise<void> {
  const hash = hashOf(token);
  return changeBook(desk, (book) => ({
    book: { ...book, sessions: book.sessions.filter((one) => one.hash !== hash) },
    result: undefined,
  }));
}

/**
 * Signs in with a password and, where there is one, the second factor: a code or a recovery code. Throws E_LOGIN,
 * E_CODE_NEEDED (the password was right) and E_TOO_MANY.
 */
export async function signIn(
  desk: AccessDesk,
  asked: { readonly email: string; readonly password: string; readonly code?: string | undefined },
  address: string,
): Promise<{ readonly token: string; readonly user: User }> {
  const email = asked.email.trim().toLowerCase().slice(0, 254);
  const forget = await countAttempt(desk, email, address);
  const known = (await readBook(desk)).users.find((user) => user.email === email);
  if (!(await isPassword(asked.password, known?.password ?? null)) || known === undefined)
    throw new TropaError('E_LOGIN', 'The address or the password is wrong.');
  if (known.totp?.confirmed === true && (asked.code ?? '') === '') {
    await forget();
    throw new TropaError('E_CODE_NEEDED', 'Give the code of your authenticator app too, or a recovery code.');
  }
  const user = await changeBook(desk, (book) => {
    const current = book.users.find((one) => one.id === known.id && one.password === known.password);
    if (current === undefined) throw new TropaError('E_LOGIN', 'The address or the password is wrong.');
    const next = current.totp?.confirmed === true ? spent(desk, current, asked.code ?? '') : current;
    return { book: next === current ? book : withUser(book, known.id, () => next), result: next };
  });
  await forget();
  return { token: await beginSession(desk, user), user };
}

/** The user after their code was used: none works twice. Throws E_LOGIN. */
export function spent(desk: AccessDesk, user: User, code: string): User {
  const { totp, recovery } = user;
  const step = totp === null ? null : stepOfCode(totp.secret, code, desk.now(), totp.step);
  if (totp !== null && step !== null) return { ...user, totp: { ...totp, step } };
  const hash = hashOf(code.trim().toLowerCase());
  if (!recovery.includes(hash)) throw new TropaError('E_LOGIN', 'The code is wrong, or was used already.');
  return { ...user, recovery: recovery.filter((one) => one !== hash) };
}

/** Makes a key; its text is told once. */
export function addKey(
  desk: AccessDesk,
  { name, role, by }: Pick<ApiKey, 'name' | 'role' | 'by'>,
): Promise<{ readonly id: string; readonly key: string }> {
  const key = KEY_MARK + newToken();
  const made: ApiKey = { id: randomUUID(), name, role, by, hash: hashOf(key), createdAt: desk.now(), usedAt: null };
  return changeBook(desk, (book) => {
    if (book.keys.length >= MOST_KEYS) throw new TropaError('E_BAD_REQUEST', 'Revoke keys that nobody uses first.');
    return { book: { ...book, keys: [...book.keys, made] }, result: { id: made.id, key } };
  });
}

/** Throws E_NOT_FOUND. */
export function revokeKey(desk: AccessDesk, id: string): Promise<void> {
  return changeBook(desk, (book) => {
    const keys = book.keys.filter((one) => one.id !== id);
    if (keys.length === book.keys.length) throw new TropaError('E_NOT_FOUND', 'There is no key of this id.');
    return { book: { ...book, keys }, result: undefined };
  });
}

/** Whose key it is, or null. */
export async function callerOfKey(desk: AccessDesk, text: string): Promise<Caller | null> {
  const [hash, now] = [hashOf(text), desk.now()];
  const key = (await readBook(desk)).keys.find((one) => one.hash === hash);
  if (key === undefined) return null;
  if (key.usedAt === null || key.usedAt + SEEN_EVERY <= now)
    await changeBook(desk, (book) => ({
      book: { ...book, keys: book.keys.map((one) => (one.hash === hash ? { ...one, usedAt: now } : one)) },
      result: undefined,
    }));
  return { id: null, email: key.name, role: key.role, key: true };
}
