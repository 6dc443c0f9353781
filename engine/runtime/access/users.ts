// Users: who there is, the links by which they set a password, and what an admin changes about them.

import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { TropaError } from '../../language/errors.ts';
import {
  type AccessDesk,
  type Book,
  changeBook,
  hashOf,
  LINK_LASTS,
  newToken,
  type Role,
  readBook,
  type User,
  withUser,
} from './book.ts';
import { hashPassword, isPassword } from './passwords.ts';

/** Spelled one way; throws E_BAD_REQUEST for what is no address. */
export function emailOf(typed: string): string {
  const email = typed.trim().toLowerCase();
  if (email.length > 254 || !/^[^\s@<>"',;]+@[^\s@<>"',;]+$/.test(email))
    throw new TropaError('E_BAD_REQUEST', 'This is no email address.');
  return email;
}

/**
 * The token for the first admin: the same at every door of the store until it expires or is used, then null. Only what it
 * is derived from is kept.
 */
export async function firstToken(desk: AccessDesk): Promise<string | null> {
  const now = desk.now();
  const first = await changeBook(desk, (book) => {
    if (book.users.length > 0) return { book, result: null };
    if (book.first !== null && book.first.until > now) return { book, result: book.first };
    const made = { nonce: newToken(), until: now + LINK_LASTS };
    return { book: { ...book, first: made }, result: made };
  });
  return first === null ? null : derived(desk, first.nonce);
}

const derived = ({ secret }: AccessDesk, nonce: string): string =>
  createHmac('sha256', secret).update(`tropa first admin ${nonce}`).digest('base64url');

/** Adds a user, who sets a password by the token that is answered. Throws E_USER_EXISTS. */
export function addUser(desk: AccessDesk, typed: string, role: Role): Promise<string> {
  const email = emailOf(typed);
  const token = newToken();
  return changeBook(desk, (book) => {
    if (book.users.some((user) => user.email === email))
      throw new TropaError('E_USER_EXISTS', 'There is a user of this address.');
    const user = newUser(desk, email, role, null);
    return {
      book: { ...book, users: [...book.users, { ...user, link: linkTo(desk, token) }] },
      result: token,
    };
  });
}

/**
 * A token to set a new password; the old one and the second factor go with its use, and until then all stays as it is.
 * With a role, that changes at once. Throws E_NO_SUCH_USER and E_LAST_ADMIN.
 */
export function resetUser(desk: AccessDesk, typed: string, role: Role | null): Promise<string> {
  const email = emailOf(typed);
  const token = newToken();
  return changeBook(desk, (book) => {
    const user = userBy(book, (one) => one.email === email);
    const ranked = role === null || role === user.role ? book : ranking(book, user, role);
    return { book: withUser(ranked, user.id, (one) => ({ ...one, link: linkTo(desk, token) })), result: token };
  });
}

const linkTo = (desk: AccessDesk, token: string) => ({ hash: hashOf(token), until: desk.now() + LINK_LASTS });

/** Throws E_NO_SUCH_USER and E_LAST_ADMIN; the user's sessions end. */
export function setRole(desk: AccessDesk, id: string, role: Role): Promise<void> {
  return changeBook(desk, (book) => {
    const user = userBy(book, (one) => one.id === id);
    return { book: user.role === role ? book : ranking(book, user, role), result: undefined };
  });
}

function ranking(book: Book, user: User, role: Role): Book {
  if (user.role === 'admin') keepAnAdmin(book, user);
  return withUser(book, user.id, (one) => ({ ...one, role, epoch: one.epoch + 1 }));
}

/** Throws E_NO_SUCH_USER and E_LAST_ADMIN; the user's sessions end, and so do the keys they made. */
export function removeUser(desk: AccessDesk, id: string): Promise<void> {
  return changeBook(desk, (book) => {
    const user = userBy(book, (one) => one.id === id);
    if (user.role === 'admin') keepAnAdmin(book, user);
    return {
      book: {
        ...book,
        users: book.users.filter((one) => one.id !== id),
        sessions: book.sessions.filter((one) => one.user !== id),
        keys: book.keys.filter((one) => one.by !== user.email),
      },
      result: undefined,
    };
  });
}

function keepAnAdmin(book: Book, user: User): void {
  if (!book.users.some((one) => one.role === 'admin' && one.id !== user.id && one.password !== null))
    throw new TropaError('E_LAST_ADMIN', 'Nobody else could let anybody in.');
}

function userBy(book: Book, fits: (user: User) => boolean): User {
  const user = book.users.find(fits);
  if (user === undefined) throw new TropaError('E_NO_SUCH_USER', 'There is no such user.');
  return user;
}

/** Whose link this is; `email` is null for the first admin, who is yet to say. Null for a link that works no more. */
export async function linkOf(desk: AccessDesk, token: string): Promise<{ readonly email: string | null } | null> {
  const book = await readBook(desk);
  if (isFirst(desk, book, token)) return { email: null };
  const user = linked(desk, book, token);
  return user === undefined ? null : { email: user.email };
}

function isFirst(desk: AccessDesk, book: Book, token: string): boolean {
  if (book.first === null || book.users.length > 0 || book.first.until <= desk.now()) return false;
  const [right, told] = [Buffer.from(derived(desk, book.first.nonce)), Buffer.from(token)];
  return right.length === told.length && timingSafeEqual(right, told);
}

function linked(desk: AccessDesk, book: Book, token: string): User | undefined {
  const hash = hashOf(token);
  return book.users.find(({ link }) => link?.hash === hash && link.until > desk.now());
}

/** Sets the password a link is for, once; its user. The first admin names their address. Throws E_LINK and E_PASSWORD. */
export async function useLink(
  desk: AccessDesk,
  asked: { readonly token: string; readonly password: string; readonly email?: string | undefined },
): Promise<User> {
  const gone = () => new TropaError('E_LINK', 'This link was used already, or its time is over.');
  const { token } = asked;
  // Before anything costs time: a stranger's guess is cheap.
  if ((await linkOf(desk, token)) === null) throw gone();
  const password = await hashPassword(asked.password);
  return await changeBook(desk, (book) => {
    if (isFirst(desk, book, token)) {
      const user = newUser(desk, emailOf(asked.email ?? ''), 'admin', password);
      return { book: { ...book, users: [user], first: null }, result: user };
    }
    const user = linked(desk, book, token);
    if (user === undefined) throw gone();
    const next: User = { ...user, password, epoch: user.epoch + 1, link: null, totp: null, recovery: [] };
    return { book: withUser(book, user.id, () => next), result: next };
  });
}

const newUser = (desk: AccessDesk, email: string, role: Role, password: string | null): User => ({
  id: randomUUID(),
  email,
  role,
  password,
  epoch: 0,
  createdAt: desk.now(),
  totp: null,
  recovery: [],
  link: null,
});

/** Changes one's own password; every session of theirs ends. Throws E_LOGIN when the old one is wrong. */
export async function changePassword(desk: AccessDesk, id: string, old: string, fresh: string): Promise<User> {
  const user = userBy(await readBook(desk), (one) => one.id === id);
  if (!(await isPassword(old, user.password))) throw new TropaError('E_LOGIN', 'The old password is another.');
  const password = await hashPassword(fresh);
  return await changeBook(desk, (book) => {
    const current = userBy(book, (one) => one.id === id);
    if (current.password !== user.password) throw new TropaError('E_LOGIN', 'The password was changed meanwhile.');
    const next = { ...current, password, epoch: current.epoch + 1 };
    return { book: withUser(book, id, () => next), result: next };
  });
}

/** Who comes in without being known: as what, and from which domains. */
export interface Newcomers {
  readonly role: Role | null;
  /** Lower case. */
  readonly domains: readonly string[];
}

/** The user of an address that a provider vouches for; a newcomer of a domain that is let in is added. Throws E_OIDC. */
export function vouchedUser(desk: AccessDesk, typed: string, { role, domains }: Newcomers): Promise<User> {
  const email = emailOf(typed);
  return changeBook(desk, (book) => {
    const known = book.users.find((user) => user.email === email);
    if (known !== undefined) return { book, result: known };
    if (role === null || !domains.includes(email.slice(email.indexOf('@') + 1)))
      throw new TropaError('E_OIDC', 'Nobody added this address: an admin can, or `tropa user add` on the server.');
    const user = newUser(desk, email, role, null);
    return { book: { ...book, users: [...book.users, user] }, result: user };
  });
}
