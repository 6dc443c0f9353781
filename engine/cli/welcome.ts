// What the server says when it is ready: where it listens, and the one thing to try.

import type { Config } from '../config.ts';
import type { House } from './house.ts';

/** Plain words for a newcomer. The curl is the demonstration journey's own, from the comment that opens its file. */
export async function welcome(house: House, config: Config, address: string): Promise<string> {
  const { journeys } = house.engine.definitions;
  const lines = [`Tropa listens on ${address} and runs ${journeys.length} ${journeys.length === 1 ? 'journey' : 'journeys'} of ${config.workspace}.`];
  if (config.loopback) lines.push(`Messages land in the sandbox: ${address}/inbox`);
  const curl = await demonstration(house);
  if (curl !== null) lines.push('', 'Try it: this cart becomes a message within 15 seconds.', '', `  ${curl.replace('http://127.0.0.1:7070', address)}`);
  lines.push('', 'Ctrl-C stops it; nothing is lost.');
  return lines.join('\n');
}

async function demonstration(house: House): Promise<string | null> {
  const live = house.engine.definitions.journey('abandoned-cart-demo');
  const version = live === undefined ? null : await house.store.version(live.compiled.hash);
  return /^#\s*(curl .*)$/m.exec(version?.yaml ?? '')?.[1] ?? null;
}
