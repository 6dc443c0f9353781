// Passwords: hashed by scrypt off the main loop, with the parameters kept beside the hash, so that they can rise.

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { TropaError } from '../../language/errors.ts';

/** OWASP's password storage cheat sheet, scrypt: 2^15, 8, 3; 32 MB and a quarter of a second. */
const NOW = { N: 2 ** 15, r: 8, p: 3 };
const MEMORY = 64 * 1024 * 1024;
const SHORTEST = 10;
const LONGEST = 200;

/** One at a time: a crowd of logins takes neither memory nor the threads that files need. */
let turn: Promise<unknown> = Promise.resolve();

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  const next = turn.then(
    () =>
      new Promise<Buffer>((done, failed) =>
        scrypt(password.normalize('NFKC'), salt, 32, { ...options, maxmem: MEMORY }, (error, key) =>
          error === null ? done(key) : failed(error),
        ),
      ),
  );
  turn = next.catch(() => undefined);
  return next;
}

/** The text that is kept. Throws E_PASSWORD for one that is too short or too long. */
export async function hashPassword(password: string): Promise<string> {
  const length = [...password].length;
  if (length < SHORTEST || length > LONGEST)
    throw new TropaError('E_PASSWORD', `A password has ${SHORTEST} to ${LONGEST} characters.`);
  const salt = randomBytes(16);
  const key = await derive(password, salt, NOW);
  return ['scrypt', NOW.N, NOW.r, NOW.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether it is the password. Without a hash it takes as long and is false: who is known here cannot be measured. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = kept?.split('$') ?? [];
  if (kept === null || password.length > 4 * LONGEST) {
    await derive('', Buffer.alloc(16), NOW);
    return false;
  }
  const key = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(key, Buffer.from(hash, 'base64url'));
}
