// What the server says when it is ready: where it listens, and the one thing to try.

import type { Config } from '../config.ts';
import { firstToken } from '../runtime/access/users.ts';
import { demonstrationOf } from '../runtime/demonstration.ts';
import { heldSince } from '../runtime/held.ts';
import { type House, publicUrl } from './house.ts';
import { heldWords } from './operations/restored.ts';
import { deskOf } from './operations/users.ts';

/** Where the comments of the demonstration expect the server. */
const WRITTEN_AS = 'http://127.0.0.1:7070';

/** Plain words for a newcomer. */
export async function welcome(
  house: House,
  config: Config,
  { engine, setup }: { readonly engine: boolean; readonly setup: string | null },
): Promise<string> {
  const { journeys } = house.engine.definitions;
  const address = publicUrl({ ...config, publicUrl: null });
  const count = `${journeys.length} ${journeys.length === 1 ? 'journey' : 'journeys'}`;
  const lines = [`Tropa listens on ${address} with ${count} of ${config.workspace}.`];
  if (setup === null) lines.push(`The dashboard is at ${address}/`);
  else lines.push(`Set up the dashboard's first admin (works once, within a day): ${setup}`);
  const held = await heldSince(house.store);
  if (held !== null) lines.push(`Nothing is sent: ${heldWords(held)}.`);
  if (!engine) lines.push('It takes events in and decides nothing: --no-engine.');
  if (config.loopback) lines.push(`Messages go to the sandbox; read them at ${address}/inbox`);
  else if (config.publicUrl === null)
    lines.push('Links in messages lead to that address: set PUBLIC_URL to the one readers can reach.');
  const tried = await demonstrationOf(house.store, house.engine.definitions);
  if (tried !== null)
    lines.push(
      '',
      'Try it; a moment later its message is in the inbox:',
      '',
      tried.curl.replaceAll(WRITTEN_AS, address),
    );
  lines.push('', 'Ctrl-C stops it; nothing is lost.');
  return lines.join('\n');
}

/** Where the first admin sets a password; null once there is one. Every door of a store says the same. */
export async function setupLink(house: House): Promise<string | null> {
  const token = await firstToken(deskOf(house));
  return token === null ? null : `${publicUrl(house.config)}/login/${token}`;
}

/** Plain words for whoever starts a worker. */
export function workerWelcome({ engine, workers }: House, config: Config): string {
  const { journeys } = engine.definitions;
  const others = (workers?.alive().length ?? 1) - 1;
  return [
    `A worker of Tropa, ${others === 0 ? 'alone so far' : `beside ${others} more`}, with ${journeys.length} ${journeys.length === 1 ? 'journey' : 'journeys'} of the store.`,
    `Its health is told at ${publicUrl({ ...config, publicUrl: null })}/readyz`,
    '',
    'Ctrl-C stops it; nothing is lost.',
  ].join('\n');
}
