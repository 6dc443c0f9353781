// The rules of access without HTTP, on the memory store: codes, passwords, links, sessions, tries.

import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { noteAudit, readAudit } from './audit.ts';
import { type AccessDesk, readBook } from './book.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { beginSession, callerOfSession, signIn } from './sessions.ts';
import { codeOf, stepOf, stepOfCode } from './totp.ts';
import { addUser, firstToken, removeUser, resetUser, setRole, useLink } from './users.ts';

const GOOD = 'a long sentence as password';
const HOUR = 3_600_000;

function deskAt(now = 1_700_000_000_000): AccessDesk & { at: number } {
  const store = createMemoryStore();
  const desk = { store, secret: 'a secret of this test', at: now, now: () => desk.at };
  return desk;
}

async function withAdmin() {
  const desk = deskAt();
  const admin = await useLink(desk, {
    token: (await firstToken(desk)) ?? '',
    password: GOOD,
    email: 'A@lumen.example',
  });
  return { desk, admin };
}

const codeOfError = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'fine',
    (error: { code: string }) => error.code,
  );

describe('one-time codes', () => {
  // RFC 6238, appendix B: the secret is "12345678901234567890" in ASCII.
  const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  test.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])("are RFC 6238's at second %i", (seconds, code) => {
    expect(codeOf(SECRET, stepOf(seconds * 1000), 8)).toBe(code);
  });

  test('are taken a step early and a step late, never two, and never again', () => {
    const now = 1_700_000_000_000;
    const step = stepOf(now);
    for (const by of [-1, 0, 1]) expect(stepOfCode(SECRET, codeOf(SECRET, step + by), now, 0)).toBe(step + by);
    for (const by of [-2, 2]) expect(stepOfCode(SECRET, codeOf(SECRET, step + by), now, 0)).toBeNull();
    expect(stepOfCode(SECRET, codeOf(SECRET, step), now, step)).toBeNull();
  });
});

describe('passwords', () => {
  test('are kept with their parameters and a salt of their own, and known again in any composition of letters', async () => {
    const kept = await hashPassword('naïve café 10');
    expect(kept).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(await hashPassword('naïve café 10')).not.toBe(kept);
    expect(await isPassword('naïve café 10'.normalize('NFD'), kept)).toBe(true);
    expect(await isPassword('naïve café 11', kept)).toBe(false);
    expect(await isPassword('', null)).toBe(false);
  });

  test.each(['short', 'x'.repeat(201)])('of a wrong length are refused', async (password) => {
    expect(await codeOfError(hashPassword(password))).toBe('E_PASSWORD');
  });
});

describe('the link of the first admin', () => {
  test('is one for the whole store, whichever door is asked, and lets one in', async () => {
    const desk = deskAt();
    const [one, two] = await Promise.all([firstToken(desk), firstToken({ ...desk })]);
    expect(one).toBe(two);
    const came = await Promise.all(
      ['a@lumen.example', 'b@lumen.example'].map((email) =>
        codeOfError(useLink(desk, { token: one ?? '', password: GOOD, email })),
      ),
    );
    expect(came.sort()).toEqual(['E_LINK', 'fine']);
    expect((await readBook(desk)).users).toHaveLength(1);
    expect(await firstToken(desk)).toBeNull();
  });

  test('ends after a day; then there is another', async () => {
    const desk = deskAt();
    const old = (await firstToken(desk)) ?? '';
    desk.at += 24 * HOUR;
    expect(await codeOfError(useLink(desk, { token: old, password: GOOD, email: 'a@lumen.example' }))).toBe('E_LINK');
    expect(await firstToken(desk)).not.toBe(old);
  });

  test('ends when somebody was let in by the command line', async () => {
    const desk = deskAt();
    const token = (await firstToken(desk)) ?? '';
    await addUser(desk, 'b@lumen.example', 'admin');
    expect(await codeOfError(useLink(desk, { token, password: GOOD, email: 'a@lumen.example' }))).toBe('E_LINK');
    expect(await firstToken(desk)).toBeNull();
  });

  test('is not in the store', async () => {
    const desk = deskAt();
    const token = (await firstToken(desk)) ?? '';
    expect(await desk.store.meta('access')).not.toContain(token);
  });
});

describe('links', () => {
  test('set a password once, end every session, and leave all as it is until they are used', async () => {
    const { desk, admin } = await withAdmin();
    const session = await beginSession(desk, admin);
    const token = await resetUser(desk, 'a@lumen.example', null);
    expect(await callerOfSession(desk, session)).not.toBeNull();
    await useLink(desk, { token, password: 'another long sentence' });
    expect(await callerOfSession(desk, session)).toBeNull();
    expect(await codeOfError(useLink(desk, { token, password: GOOD }))).toBe('E_LINK');
  });

  test('keep an admin', async () => {
    const { desk, admin } = await withAdmin();
    await addUser(desk, 'b@lumen.example', 'admin');
    // Who has set no password yet lets nobody in.
    expect(await codeOfError(setRole(desk, admin.id, 'viewer'))).toBe('E_LAST_ADMIN');
    expect(await codeOfError(removeUser(desk, admin.id))).toBe('E_LAST_ADMIN');
    expect(await codeOfError(resetUser(desk, 'a@lumen.example', 'author'))).toBe('E_LAST_ADMIN');
    expect(await codeOfError(addUser(desk, 'A@LUMEN.example', 'viewer'))).toBe('E_USER_EXISTS');
  });
});

describe('sessions', () => {
  test('end after 12 hours unused, and after seven days however used', async () => {
    const { desk, admin } = await withAdmin();
    const idle = await beginSession(desk, admin);
    desk.at += 12 * HOUR;
    expect(await callerOfSession(desk, idle)).toBeNull();
    const used = await beginSession(desk, admin);
    for (let hours = 0; hours < 7 * 24 - 8; hours += 8) {
      desk.at += 8 * HOUR;
      expect(await callerOfSession(desk, used)).not.toBeNull();
    }
    desk.at += 8 * HOUR;
    expect(await callerOfSession(desk, used)).toBeNull();
  });

  test('begun with a role of before do not outlive its change', async () => {
    const { desk, admin } = await withAdmin();
    const token = await addUser(desk, 'b@lumen.example', 'author');
    const author = await useLink(desk, { token, password: GOOD });
    await setRole(desk, author.id, 'viewer');
    // What a sign-in that was under way would have begun.
    expect(await callerOfSession(desk, await beginSession(desk, author))).toBeNull();
    expect(await callerOfSession(desk, await beginSession(desk, admin))).not.toBeNull();
  });
});

describe('P28 tries', () => {
  const tries = (desk: AccessDesk, n: number, email: (n: number) => string, from: (n: number) => string) =>
    Promise.all(
      Array.from({ length: n }, (_, i) => codeOfError(signIn(desk, { email: email(i), password: 'wrong' }, from(i)))),
    );
  const count = (codes: readonly string[], code: string) => codes.filter((one) => one === code).length;

  test('of one account from one address are five in a quarter of an hour, many at once too', async () => {
    const { desk } = await withAdmin();
    const codes = await tries(
      desk,
      8,
      () => 'a@lumen.example',
      () => '1.1.1.1',
    );
    expect([count(codes, 'E_LOGIN'), count(codes, 'E_TOO_MANY')]).toEqual([5, 3]);
    const right = { email: 'a@lumen.example', password: GOOD };
    expect(await codeOfError(signIn(desk, right, '1.1.1.1'))).toBe('E_TOO_MANY');
    // From elsewhere its owner still comes in.
    expect(await codeOfError(signIn(desk, right, '2.2.2.2'))).toBe('fine');
    desk.at += 15 * 60_000;
    expect(await codeOfError(signIn(desk, right, '1.1.1.1'))).toBe('fine');
  }, 30_000);

  test('from one address are twenty, whatever account is named', async () => {
    const { desk } = await withAdmin();
    const codes = await tries(
      desk,
      22,
      (n) => `x${n}@lumen.example`,
      () => '1.1.1.1',
    );
    expect([count(codes, 'E_LOGIN'), count(codes, 'E_TOO_MANY')]).toEqual([20, 2]);
  }, 30_000);

  test('that succeed do not count', async () => {
    const { desk } = await withAdmin();
    for (let n = 0; n < 7; n += 1)
      expect(await codeOfError(signIn(desk, { email: 'a@lumen.example', password: GOOD }, '1.1.1.1'))).toBe('fine');
  }, 30_000);
});

test('the audit log keeps every line of writers at once, in pages, newest first', async () => {
  const desk = deskAt();
  const line = (n: number) => ({ at: n, who: 'a', what: String(n), target: null });
  for (let n = 0; n < 205; n += 5) await Promise.all([0, 1, 2, 3, 4].map((more) => noteAudit(desk, line(n + more))));
  const newest = await readAudit(desk, null);
  const older = await readAudit(desk, newest.next);
  expect([newest.lines.length, older.lines.length, older.next]).toEqual([5, 200, null]);
  expect(new Set([...newest.lines, ...older.lines].map(({ what }) => what)).size).toBe(205);
  expect(newest.lines[0]?.at).toBeGreaterThan(older.lines[0]?.at ?? 0);
});
