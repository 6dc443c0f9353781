// The second factor: made, confirmed by a code, and taken away; with recovery codes that are told once.

import { randomBytes } from 'node:crypto';
import { TropaError } from '../../language/errors.ts';
import { type AccessDesk, changeBook, hashOf, type User, withUser } from './book.ts';
import { spent } from './sessions.ts';
import { base32, newTotpSecret, stepOfCode, totpUri } from './totp.ts';

const CODES = 10;

function change<Result>(
  desk: AccessDesk,
  id: string,
  decide: (user: User) => { readonly user: User; readonly result: Result },
): Promise<Result> {
  return changeBook(desk, (book) => {
    const user = book.users.find((one) => one.id === id);
    if (user === undefined) throw new TropaError('E_NO_SUCH_USER', 'There is no such user.');
    const decided = decide(user);
    return { book: withUser(book, id, () => decided.user), result: decided.result };
  });
}

/** Begins: the secret for an authenticator app. Nothing is asked for until it is confirmed. Throws E_BAD_REQUEST where there is one. */
export function enrol(desk: AccessDesk, id: string): Promise<{ readonly secret: string; readonly uri: string }> {
  const secret = newTotpSecret();
  return change(desk, id, (user) => {
    if (user.totp?.confirmed === true)
      throw new TropaError('E_BAD_REQUEST', 'There is a second factor already: take it away first.');
    return {
      user: { ...user, totp: { secret, confirmed: false, step: 0 } },
      result: { secret, uri: totpUri(secret, user.email, 'Tropa') },
    };
  });
}

/** Confirms by a code; answers recovery codes and the user, whose older sessions are over. Throws E_LOGIN. */
export function confirm(
  desk: AccessDesk,
  id: string,
  code: string,
): Promise<{ readonly codes: readonly string[]; readonly user: User }> {
  const codes = newCodes();
  return change(desk, id, (user) => {
    const { totp } = user;
    const step = totp === null || totp.confirmed ? null : stepOfCode(totp.secret, code, desk.now(), totp.step);
    if (totp === null || step === null) throw new TropaError('E_LOGIN', 'The code is wrong. Is the clock right?');
    const next: User = {
      ...user,
      epoch: user.epoch + 1,
      totp: { ...totp, confirmed: true, step },
      recovery: codes.map(hashOf),
    };
    return { user: next, result: { codes, user: next } };
  });
}

/** Takes it away, by a code of its own. The user, whose older sessions are over. Throws E_LOGIN. */
export function disable(desk: AccessDesk, id: string, code: string): Promise<User> {
  return change(desk, id, (user) => {
    const next: User = { ...spent(desk, user, code), epoch: user.epoch + 1, totp: null, recovery: [] };
    return { user: next, result: next };
  });
}

/** New recovery codes, by a code; the old ones work no more. Throws E_LOGIN. */
export function renewCodes(desk: AccessDesk, id: string, code: string): Promise<readonly string[]> {
  const codes = newCodes();
  return change(desk, id, (user) => ({
    user: { ...spent(desk, user, code), recovery: codes.map(hashOf) },
    result: codes,
  }));
}

/** 80 bits each: a plain digest keeps them. */
const newCodes = (): string[] => Array.from({ length: CODES }, () => base32(randomBytes(10)).toLowerCase());
