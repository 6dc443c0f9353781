// What `tropa doctor URL` says about a shop's service worker: whether it is there, and loads ours.

import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import type { GuardedAnswer } from '../../ports/guarded.ts';
import { type House, publicUrl } from '../house.ts';

/** Browsers refuse nothing by size; a worker of more is none that a shop wrote. */
const LONGEST = 2 * 1024 * 1024;

/** Fetches the worker at `url` through the guarded client and reads it. Throws TropaError `E_BAD_REQUEST` for no address. */
export async function workerLook(house: House, url: string): Promise<JsonObject> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new TropaError(
      'E_BAD_REQUEST',
      "Name the whole address of the shop's service worker: https://shop.example/sw.js.",
    );
  const guarded = await house.guarded();
  const answer = await guarded.ask({ method: 'GET', url, timeout: 15_000, limit: LONGEST });
  const fault = faultOf(answer, `${publicUrl(house.config)}/push/sw.js`);
  return {
    ok: fault === null,
    about: 'service worker',
    detail: fault ?? `${url} loads the worker of this Tropa`,
  };
}

function faultOf(answer: GuardedAnswer, ours: string): string | null {
  const line = `importScripts('${ours}')`;
  if (!answer.ok) return `it could not be fetched: ${answer.detail}`;
  if (answer.status >= 300 && answer.status < 400)
    return `it answers ${answer.status}, and browsers follow no redirect to a service worker: serve the file at this very address`;
  if (answer.status !== 200) return `it answers ${answer.status}: put a file there with the line ${line}`;
  const type = answer.headers['content-type'] ?? '';
  if (!/\b(?:java|ecma)script\b/i.test(type))
    return `it is served as "${type.slice(0, 60)}", and browsers take only text/javascript: is it a page of the shop?`;
  const imported = importsOf(Buffer.from(answer.body).toString('utf8'));
  if (imported.includes(ours)) return null;
  const other = imported.find((one) => one.endsWith('/push/sw.js'));
  return other === undefined
    ? `it does not load the worker of this Tropa: add the line ${line}`
    : `it loads ${other.slice(0, 200)}, and this Tropa is reached at another address: write ${line}, or correct PUBLIC_URL`;
}

/** Addresses that a script imports, comments left out. */
function importsOf(script: string): string[] {
  const code = script.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(/importScripts\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/['"`]([^'"`]+)['"`]/g)].map(([, address = '']) => address),
  );
}
