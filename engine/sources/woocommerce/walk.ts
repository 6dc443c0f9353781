// WooCommerce's REST API, a page of orders a time. Its webhooks are sent once and never again, so what was missed is
// asked for. https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-orders and …#pagination

import { TropaError } from '../../language/errors.ts';
import type { Source } from '../../language/settings.ts';
import type { Json, JsonObject, Millis } from '../../language/values.ts';
import type { Recall, Recalled } from '../../ports/source.ts';
import { readTime } from '../own-time.ts';
import { isObject } from '../read-json.ts';
import { textOf } from '../shop-values.ts';
import { readOrder } from './orders.ts';

const PAGE = 100;
const TRIES = 5;
const FIRST_PAUSE: Millis = 1_000;
const LONGEST_PAUSE: Millis = 60_000;
/** Real milliseconds for one answer: shops on small hosts need long for a hundred orders. */
const PATIENCE: Millis = 60_000;

export interface Api {
  readonly base: string;
  readonly authorization: string;
}

/** The API of a source, or null where its settings do not name it. Throws TropaError `E_SETTINGS` for plain HTTP. */
export function apiOf({ name, options }: Source): Api | null {
  const [url, key, secret] = [textOf(options.url), textOf(options.key), textOf(options.secret_key)];
  if (url === null || key === null || secret === null) return null;
  const { protocol, hostname } = new URL(url);
  // Over plain HTTP the key would be there for everybody to read; on this very machine there is nobody.
  if (protocol !== 'https:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
    throw new TropaError('E_SETTINGS', `The source "${name}" needs an https:// address to be asked by its API.`);
  return {
    base: url.replace(/\/+$/, ''),
    authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
  };
}

/** One page of the orders that changed since. Throws TropaError `E_SOURCE` when the shop does not answer as documented. */
export async function recallOrders(api: Api, ask: Recall): Promise<Recalled> {
  const query = new URLSearchParams({
    modified_after: new Date(ask.since).toISOString().slice(0, 19),
    dates_are_gmt: 'true',
    per_page: String(PAGE),
    page: String(ask.page),
    // By id, oldest first: what changes meanwhile moves others to later pages and never out of sight.
    orderby: 'id',
    order: 'asc',
  });
  const { orders, pages } = await fetchPage(api, `${api.base}/wp-json/wc/v3/orders?${query}`, ask);
  // Versions before 5.8 do not know `modified_after` and answer with all there are.
  const meant = orders.filter((order) => (readTime(order.date_modified_gmt) ?? ask.since) >= ask.since);
  const events = meant.flatMap((order, index) => readOrder(order, ask.now, index));
  return { translation: { events, refused: [] }, things: meant.length, pages };
}

interface Page {
  readonly orders: readonly JsonObject[];
  readonly pages: number;
}

async function fetchPage(api: Api, address: string, { pause }: Recall): Promise<Page> {
  let wait = FIRST_PAUSE;
  for (let tried = 1; ; tried += 1) {
    const answer = await attempt(api, address);
    if (!('again' in answer)) return answer;
    if (tried === TRIES)
      throw new TropaError('E_SOURCE', `The shop did not answer, ${TRIES} times: ${answer.again}. Try again later.`);
    await pause(Math.min(answer.after ?? wait, LONGEST_PAUSE));
    wait *= 2;
  }
}

type Again = { readonly again: string; readonly after: Millis | null };

/** Asks once. What another try may mend is answered, what it cannot mend is thrown. */
async function attempt({ authorization }: Api, address: string): Promise<Page | Again> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      headers: { authorization, accept: 'application/json', 'user-agent': 'tropa' },
      // The key is for this address: whoever is named by a redirect does not get it.
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    });
    text = await response.text();
  } catch (error) {
    return { again: reasonOf(error), after: null };
  }
  const { status, headers } = response;
  if (status === 429 || status >= 500)
    return { again: `HTTP ${status}`, after: retryAfter(headers.get('retry-after')) };
  if (status !== 200) throw new TropaError('E_SOURCE', refusalOf(status, headers.get('location')));
  return pageOf(text, headers.get('x-wp-totalpages'));
}

function reasonOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: string }; name?: string };
  return cause?.code ?? name ?? 'no connection';
}

function retryAfter(header: string | null): Millis | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null;
}

function refusalOf(status: number, location: string | null): string {
  if (status === 401 || status === 403)
    return `The shop refuses the key (HTTP ${status}). Make one with read permission under WooCommerce → Settings → Advanced → REST API; some hosts take the Authorization header away, and have to be told to leave it.`;
  if (status === 404)
    return 'The shop has no REST API under /wp-json/wc/v3 (HTTP 404). Are its permalinks "plain"? They must be anything else.';
  if (status >= 300 && status < 400)
    return `The shop sends elsewhere (HTTP ${status}${location === null ? '' : `, ${new URL(location, 'https://shop.invalid').host}`}). Write the address it means into "url".`;
  return `The shop answered HTTP ${status}.`;
}

function pageOf(text: string, totalPages: string | null): Page {
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    throw new TropaError('E_SOURCE', 'The shop answered with something else than JSON. Does "url" lead to it?');
  }
  if (!Array.isArray(body)) throw new TropaError('E_SOURCE', 'The shop answered with something else than orders.');
  const pages = Number(totalPages ?? Number.NaN);
  return { orders: body.filter(isObject), pages: Number.isInteger(pages) ? pages : 1 };
}
