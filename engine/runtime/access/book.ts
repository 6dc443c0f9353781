// Who may use the dashboard and its API, as one fact of the store: users, their sessions, keys. One fact, so that a role
// taken away and a session begun at the same moment are decided one after the other, on every store alike.

import { createHash, randomBytes } from 'node:crypto';
import { TropaError } from '../../language/errors.ts';
import type { Instant, Millis } from '../../language/values.ts';
import type { Store } from '../../ports/store.ts';
import { amend } from '../amend.ts';

/** Each may do what those before it may. */
export const ROLES = ['viewer', 'author', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What the functions of this room need. */
export interface AccessDesk {
  readonly store: Pick<Store, 'meta' | 'swapMeta'>;
  /** Of the installation: what is shown again is derived from it, not kept. */
  readonly secret: string;
  now(): Instant;
}

export interface User {
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly role: Role;
  /** Hash with its parameters; null until a link was used. */
  readonly password: string | null;
  /** Rises when password, role or second factor change: sessions of an older one are over. */
  readonly epoch: number;
  readonly createdAt: Instant;
  /** The second factor; counts once confirmed. `step` is the latest one that was used: none is taken twice. */
  readonly totp: { readonly secret: string; readonly confirmed: boolean; readonly step: number } | null;
  /** Hashes of recovery codes not used yet. */
  readonly recovery: readonly string[];
  /** A link to set a password, once. */
  readonly link: { readonly hash: string; readonly until: Instant } | null;
}

export interface Session {
  readonly hash: string;
  readonly user: string;
  readonly epoch: number;
  readonly began: Instant;
  readonly seen: Instant;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  readonly by: string;
  readonly createdAt: Instant;
  readonly usedAt: Instant | null;
}

export interface Book {
  readonly users: readonly User[];
  readonly sessions: readonly Session[];
  readonly keys: readonly ApiKey[];
  /** The link for the first admin; its token is derived from this and the installation's secret. */
  readonly first: { readonly nonce: string; readonly until: Instant } | null;
}

const ACCESS = 'access';
const EMPTY: Book = { users: [], sessions: [], keys: [], first: null };

/** How long a link to set a password works. */
export const LINK_LASTS: Millis = 24 * 3_600_000;

export async function readBook({ store }: Pick<AccessDesk, 'store'>): Promise<Book> {
  const text = await store.meta(ACCESS);
  return text === null ? EMPTY : (JSON.parse(text) as Book);
}

/** Decides on the book as it is and writes what came of it, all or nothing; decided again where another was faster. */
export async function changeBook<Result>(
  { store }: Pick<AccessDesk, 'store'>,
  decide: (book: Book) => { readonly book: Book; readonly result: Result },
): Promise<Result> {
  let last: { readonly result: Result } | undefined;
  await amend<Book>(store, ACCESS, (book) => {
    const decided = decide(book ?? EMPTY);
    last = decided;
    return decided.book === book ? book : decided.book;
  });
  if (last === undefined) throw new TropaError('E_INTERNAL', 'Nothing was decided.');
  return last.result;
}

/** The book with one user changed. */
export function withUser(book: Book, id: string, change: (user: User) => User): Book {
  return { ...book, users: book.users.map((user) => (user.id === id ? change(user) : user)) };
}

/** 256 bits of chance, for addresses and headers. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Tokens are chance enough that a plain digest keeps them; passwords are not (`passwords.ts`). */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
