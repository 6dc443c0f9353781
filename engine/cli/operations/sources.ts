// Operations on sources: a page of what a shop remembers is taken in, by the door its webhooks come by.

import { setTimeout as wait } from 'node:timers/promises';
import { visitorsOf } from '../../core/events.ts';
import { TropaError } from '../../language/errors.ts';
import type { Source } from '../../language/settings.ts';
import { didYouMean } from '../../language/suggest.ts';
import { admit } from '../../runtime/door.ts';
import type { House } from '../house.ts';
import type { Operation } from './operation.ts';
import { asJson, textOf } from './operation.ts';

/** Takes in one page of what changed since. The first page says since when, and later ones are told it again. */
export const recall: Operation = async (house, args) => {
  const source = await known(house, textOf(args, 'source'));
  const { name } = source;
  const door = (await house.sourceDoor())(source);
  if (door.recall === undefined)
    throw new TropaError(
      'E_BAD_REQUEST',
      `"${name}" cannot be asked what it told. Only sources of type woocommerce can, which have "url", "key" and "secret_key".`,
    );
  const now = house.clock.now();
  const since = typeof args.since === 'number' ? args.since : now - Number(args.ago);
  const pause = async (ms: number): Promise<void> => void (await wait(ms));
  const { translation, things, pages } = await door.recall({ since, page: Number(args.page), now, pause });
  const { events, refused } = admit(translation, name, now);
  const receipts = events.length === 0 ? [] : await house.engine.ingest(events);
  const stored = receipts.filter(({ outcome }) => outcome === 'stored').length;
  return { since, pages, orders: things, stored, known: receipts.length - stored, refused: refused.length };
};

/** The latest events of a source, by whichever of its keys; of people and of nobody (products, stock). */
export const latest: Operation = async (house, args) => {
  const { name } = await known(house, textOf(args, 'source'));
  const limit = Number(args.limit);
  const pages = await Promise.all(
    [name, visitorsOf(name)].map((source) => house.store.events({ source, newest: true, limit })),
  );
  const events = pages.flat().sort((a, b) => b.received - a.received || (a.id < b.id ? 1 : -1));
  return asJson(
    events.slice(0, limit).map(({ name: event, at, received, who, data }) => ({
      event,
      at: new Date(at).toISOString(),
      received: new Date(received).toISOString(),
      who,
      data,
    })),
  );
};

/** So many refused bodies of all sources are looked through. */
const LOOK_BACK = 10_000;

/** What a source told lately and the door refused, with why, the latest first. */
export const refusals: Operation = async (house, args) => {
  const { name } = await known(house, textOf(args, 'source'));
  const refused = (await house.store.refused(LOOK_BACK)).filter(({ source }) => source === name);
  return asJson(
    refused.slice(0, Number(args.limit)).map(({ at, code, detail, body }) => ({
      refused: code,
      at: new Date(at).toISOString(),
      detail,
      body,
    })),
  );
};

async function known(house: House, name: string): Promise<Source> {
  const { settings } = await house.engine.refresh();
  const source = settings.sources.find((one) => one.name === name);
  if (source !== undefined) return source;
  const names = settings.sources.map((one) => one.name);
  throw new TropaError(
    'E_BAD_REQUEST',
    `There is no source "${name}" among those that are deployed.${didYouMean(name, names) || ` There are: ${names.join(', ') || 'none'}.`}`,
  );
}
