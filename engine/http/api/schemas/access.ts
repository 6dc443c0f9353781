// What the routes of signing in, users, keys and the audit log take and answer.

import { z } from 'zod';

export const role = z.enum(['viewer', 'author', 'admin']);
const email = z.string().min(3).max(254);
/** Its length is judged where it is set. */
const password = z.string().min(1).max(1_000);
/** Of an authenticator app, or a recovery code. */
const code = z.string().min(6).max(40);
const instant = z.number().describe('Milliseconds since 1970.');

export const nothing = z.strictObject({});
export const signInBody = z.strictObject({ email, password, code: code.optional() });
export const me = z.object({
  user: z.object({ email: z.string(), role, key: z.boolean(), secondFactor: z.boolean(), recoveryCodes: z.number() }),
});
export const linkBody = z.strictObject({ token: z.string().min(1).max(200), password, email: email.optional() });
export const passwordBody = z.strictObject({ old: password, password });
export const codeBody = z.strictObject({ code });
export const enrolled = z.object({ secret: z.string(), uri: z.string() });
export const recoveryCodes = z.object({ codes: z.array(z.string()) });

export const users = z.object({
  users: z.array(
    z.object({
      id: z.string(),
      email: z.string(),
      role,
      createdAt: instant,
      invited: z.boolean().describe('No password is set yet.'),
      secondFactor: z.boolean(),
    }),
  ),
});
export const userBody = z.strictObject({ email, role });
export const roleBody = z.strictObject({ role });
export const link = z.object({ link: z.string().describe('Sets a password, once, within a day. Told this once.') });

export const keys = z.object({
  keys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role,
      by: z.string(),
      createdAt: instant,
      usedAt: instant.nullable(),
    }),
  ),
});
export const keyBody = z.strictObject({ name: z.string().trim().min(1).max(100), role });
export const keyMade = z.object({ id: z.string(), key: z.string().describe('Told this once.') });

export const auditQuery = z.strictObject({
  page: z
    .string()
    .regex(/^\d{1,9}$/, 'is the number that `next` of another answer told')
    .optional(),
});
export const audit = z.object({
  lines: z.array(z.object({ at: instant, who: z.string(), what: z.string(), target: z.string().nullable() })),
  next: z.number().nullable(),
});
