// Operations on addresses that are left in peace.

import { normaliseEmail, normalisePhone } from '../../core/identity.ts';
import { formatIso } from '../../language/calendar.ts';
import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import type { Operation } from './operation.ts';
import { optionalText, textOf } from './operation.ts';

const CHANNELS = ['email', 'sms', 'push'];
const PAGE = 1_000;

/** Suppresses a list of addresses; those that are none are answered, and the others are suppressed. */
export const suppress: Operation = async ({ store, clock }, args) => {
  const told = Array.isArray(args.addresses) ? args.addresses.map(String) : [];
  const refused: string[] = [];
  let suppressed = 0;
  for (const text of told) {
    const address = addressOf(text, optionalText(args, 'channel'));
    if (address === null) refused.push(text);
    else {
      await store.suppress(address, optionalText(args, 'reason') ?? 'operator', clock.now());
      suppressed += 1;
    }
  }
  return { suppressed, refused };
};

/** Lets an address be written to again, and says why it was not. */
export const lift: Operation = async ({ store }, args) => {
  const text = textOf(args, 'address');
  const address = addressOf(text, optionalText(args, 'channel'));
  const was = address === null ? null : await store.lift(address);
  if (was === null)
    throw new TropaError('E_NOT_FOUND', `${text} is not suppressed. \`tropa suppress --list\` shows who is.`);
  return { address: was.address, reason: was.reason, since: formatIso(was.at) };
};

/** A page of them, by address. */
export const suppressions: Operation = async ({ store }, args) => {
  const [channel, after] = [optionalText(args, 'channel'), optionalText(args, 'after')];
  const page = await store.suppressions({
    limit: PAGE,
    ...(channel !== null && { channel }),
    ...(after !== null && { after }),
  });
  return page.map(({ address, reason, at }): JsonObject => ({ address, reason, since: formatIso(at) }));
};

/** `email:anna@example.com` from what an operator typed; null where it is no address of that channel. */
function addressOf(text: string, channel: string | null): string | null {
  const [, told, rest] = /^(email|sms|push):(.+)$/.exec(text.trim()) ?? [];
  const bare = rest ?? text.trim();
  const of = told ?? channel ?? (bare.includes('@') ? 'email' : 'sms');
  if (!CHANNELS.includes(of)) throw new TropaError('E_BAD_REQUEST', `A channel is email, sms or push, not "${of}".`);
  if (of === 'push') return bare === '' ? null : `push:${bare}`;
  const address = of === 'email' ? normaliseEmail(bare) : normalisePhone(bare);
  return address === null ? null : `${of}:${address}`;
}
