// Operations on addresses that are left in peace: suppress, list, lift.

import { suppressible } from '../../core/addresses.ts';
import { formatIso } from '../../language/calendar.ts';
import { TropaError } from '../../language/errors.ts';
import type { Channel } from '../../language/template.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import type { Suppression } from '../../ports/suppressing.ts';
import type { Operation } from './operation.ts';
import { optionalText, textOf } from './operation.ts';

const CHANNELS: readonly Channel[] = ['email', 'sms', 'push'];
const MOST = 1_000;

/** Suppresses addresses, one or a batch; says which were new, and by their place which are no addresses. */
export const suppress: Operation = async (house, args) => {
  const channel = channelOf(args);
  const reason = optionalText(args, 'reason') ?? 'operator';
  const told = addressesOf(args).map((text) => suppressible(text, channel));
  const good = [...new Set(told.filter((address) => address !== null))];
  const before = await house.store.suppressed(good);
  const now = house.clock.now();
  await Promise.all(good.map((address) => house.store.suppress(address, reason, now)));
  return {
    suppressed: good.filter((address) => !before.has(address)).length,
    known: before.size,
    refused: told.flatMap((address, place) => (address === null ? [place] : [])),
  };
};

function addressesOf({ addresses }: JsonObject): string[] {
  if (!Array.isArray(addresses) || addresses.length > MOST)
    throw new TropaError('E_BAD_REQUEST', `"addresses" is a list of at most ${MOST}.`);
  return addresses.map(String);
}

function channelOf(args: JsonObject): Channel | null {
  const told = optionalText(args, 'channel');
  const found = CHANNELS.find((channel) => channel === told);
  if (told === null || found !== undefined) return found ?? null;
  throw new TropaError('E_BAD_REQUEST', `There is no channel "${told}". There are: ${CHANNELS.join(', ')}.`);
}

/** A page of what is suppressed, ordered by channel and address. */
export const suppressions: Operation = async (house, args) => {
  const limit = typeof args.limit === 'number' ? Math.min(MOST, Math.max(1, args.limit)) : MOST;
  const wanted = channelOf(args);
  const after = optionalText(args, 'after');
  const page: Suppression[] = [];
  for (const channel of [...CHANNELS].sort()) {
    if ((wanted !== null && wanted !== channel) || page.length >= limit) continue;
    const room = limit - page.length;
    page.push(...(await house.store.suppressions({ channel, limit: room, ...(after !== null && { after }) })));
  }
  return page.map(told);
};

/** Lets an address be written to again, and says why it was not. Nobody's consent changes by it. */
export const lift: Operation = async (house, args) => {
  const text = textOf(args, 'address');
  const address = suppressible(text, channelOf(args));
  if (address === null) throw new TropaError('E_BAD_REQUEST', `"${text}" is no address of this channel.`);
  const was = await house.store.lift(address);
  if (was === null) throw new TropaError('E_BAD_REQUEST', `"${text}" is not suppressed: there is nothing to lift.`);
  return told(was);
};

function told({ address, reason, at }: Suppression): Json {
  return { address, reason, since: formatIso(at) };
}
