// `tropa source test`: what a webhook's body becomes, by the folder's settings, without a server and storing nothing.
// `tropa source show`: what came in lately. `tropa source reconcile`: asks a shop for what its webhooks did not tell, page by page.

import { readFile } from 'node:fs/promises';
import { parseDuration } from '../../language/duration.ts';
import { ERRORS, formatFault, TropaError } from '../../language/errors.ts';
import { readSettings } from '../../language/read-settings.ts';
import type { Settings, Source } from '../../language/settings.ts';
import { didYouMean } from '../../language/suggest.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import type { PrivacyRequest, RawRequest, SourceDoor, Translation } from '../../ports/source.ts';
import { type Admission, admit } from '../../runtime/door.ts';
import { ask } from '../ask.ts';
import type { Context } from '../context.ts';
import { printJson, say } from '../print.ts';
import { wholeNumber } from '../whole-number.ts';
import { prefixOf, readFolder } from '../workspace-folder.ts';

type Options = Record<string, unknown>;
const SETTINGS = 'tropa.yaml';

export async function source(context: Context, args: readonly string[], options: Options): Promise<number> {
  const [action = '', name = '', file] = args;
  if (action === 'test') return await test(context, name, file, options);
  if (action === 'show') return await latest(context, name, options);
  if (action === 'reconcile') return await reconcile(context, name, options);
  throw new TropaError(
    'E_BAD_REQUEST',
    `There is \`tropa source test NAME FILE\`, \`show NAME\` and \`reconcile NAME --since 1d\`, not "${action}".`,
  );
}

async function test(context: Context, name: string, file: string | undefined, options: Options): Promise<number> {
  if (file === undefined)
    throw new TropaError('E_BAD_REQUEST', 'Name the file with the body: `tropa source test NAME FILE`.');
  const found = await sourceOf(context, name);
  const body = await readFile(file).catch(() => {
    throw new TropaError('E_BAD_REQUEST', `There is no file ${file}, or it cannot be read.`);
  });
  const given = headersOf(options.header);
  const headers = { ':path': `/hooks/${name}`, ...topicOf(found, options.topic, given), ...given };
  const request: RawRequest = { headers, body, received: Date.now(), ip: null };
  const door = (await context.adapters.sourceDoor())(found);
  const verdict = Object.keys(given).length === 0 ? null : door.verify(request);
  const read = translated(door, request);
  const admission = admit(read, name, request.received);
  show(context, found, verdict, admission, read.privacy ?? []);
  return admission.refused.length === 0 && verdict?.ok !== false ? 0 : 1;
}

/** The source as the folder has it. Secrets that the environment does not have are not needed to read a body. */
async function sourceOf({ config }: Context, name: string): Promise<Source> {
  const text = (await readFolder(config.workspace)).get(SETTINGS) ?? '';
  const { settings, faults } = readSettings(`${prefixOf(config.workspace)}${SETTINGS}`, text, {
    ...standIns(text),
    ...config.env,
  });
  const found = settings.sources.find((one) => one.name === name);
  if (found !== undefined) return found;
  for (const fault of faults.filter(({ severity }) => severity === 'error')) console.error(formatFault(fault));
  throw new TropaError('E_BAD_REQUEST', noSource(settings, name));
}

function noSource({ sources }: Settings, name: string): string {
  const names = sources.map((one) => one.name);
  return `There is no source "${name}".${didYouMean(name, names) || ` There are: ${names.join(', ') || 'none'}.`}`;
}

function standIns(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(
    names.map((name) => [name, /URL|HOST|ORIGIN/i.test(name) ? 'https://not-set.invalid' : 'bm90IHNldA==']),
  );
}

function headersOf(told: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of Array.isArray(told) ? told : []) {
    const [, name, value] = /^([^:\s]+)\s*:\s*(.*)$/s.exec(String(line)) ?? [];
    if (name === undefined || value === undefined)
      throw new TropaError('E_BAD_REQUEST', `--header takes "Name: value", not "${String(line)}".`);
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

const TOPICS: Readonly<Record<string, readonly [header: string, example: string]>> = {
  shopify: ['x-shopify-topic', 'orders/create'],
  woocommerce: ['x-wc-webhook-topic', 'order.created'],
};

/** Of which topic the body is: shops tell it in a header of its own; Segment's API in the address. */
function topicOf({ type }: Source, topic: unknown, given: Record<string, string>): Record<string, string> {
  if (type === 'segment') return { ':path': `/v1/${typeof topic === 'string' ? topic : 'track'}` };
  const place = TOPICS[type];
  if (place === undefined) return {};
  const [header, example] = place;
  if (typeof topic === 'string') return { [header]: topic };
  if (given[header] !== undefined) return {};
  throw new TropaError('E_BAD_REQUEST', `Say of which topic the body is: --topic ${example}.`);
}

/** A body that cannot be read at all is a finding here, like any other. */
function translated(door: SourceDoor, request: RawRequest): Translation {
  try {
    return door.translate(request);
  } catch (error) {
    if (!(error instanceof TropaError)) throw error;
    return { events: [], refused: [{ index: 0, code: error.code, detail: error.message }] };
  }
}

type Verdict = ReturnType<SourceDoor['verify']> | null;

function show(
  { json }: Context,
  found: Source,
  verdict: Verdict,
  { events, refused }: Admission,
  privacy: readonly PrivacyRequest[],
): void {
  const remedy = (code: string): string => ERRORS[code]?.remedy ?? '';
  if (json) {
    if (verdict !== null) printJson({ authentic: verdict.ok, ...(!verdict.ok && { why: verdict.why }) });
    printJson(
      events.map(({ id, name, at, who, data }) => ({ id, name, at: new Date(at).toISOString(), who: [...who], data })),
    );
    printJson(
      privacy.map(({ kind, id, at, who, orders, shop }) => ({
        privacy: kind,
        id,
        at: new Date(at).toISOString(),
        who: [...who],
        orders: [...orders],
        shop,
      })),
    );
    printJson(refused.map(({ index, code, detail }) => ({ refused: index, code, detail, remedy: remedy(code) })));
    return;
  }
  say(
    [
      `${found.name} (${found.type}): ${counted(events.length, 'event')}, ${refused.length} refused. Nothing is stored.`,
      `authentic: ${authentic(verdict)}`,
      ...events.map(({ name, at, who, data }) =>
        ['', `${name}  ${new Date(at).toISOString()}`, `  who   ${who.join(', ') || 'nobody'}`, ...fieldsOf(data)].join(
          '\n',
        ),
      ),
      ...privacy.map(({ kind, who, shop }) => `\npersonal data: ${kind} ${who.join(', ') || (shop ?? '')}`),
      ...refused.map(({ index, code, detail }) => `\n${code} item ${index}: ${detail} ${remedy(code)}`),
    ].join('\n'),
  );
}

function authentic(verdict: Verdict): string {
  if (verdict === null) return 'not checked; give the headers it came with, each as --header "Name: value"';
  return verdict.ok ? 'yes' : `no, ${verdict.why}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function fieldsOf(data: JsonObject): string[] {
  const width = Math.max(0, ...Object.keys(data).map((name) => name.length));
  return Object.entries(data).flatMap(([name, value]) => {
    const lines =
      Array.isArray(value) && value.length > 0 ? value.map((item) => `- ${written(item)}`) : [written(value)];
    return lines.map((line, n) => `  ${(n === 0 ? name : '').padEnd(width)}  ${line}`);
  });
}

const written = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** So much of a refused body is shown; all of it with --json. */
const SHOWN = 500;

/**
 * What came in by this source, the latest first, and what its door refused; events of nobody (products, stock) and refused
 * bodies are shown nowhere else.
 */
async function latest(context: Context, name: string, options: Options): Promise<number> {
  const { config, adapters, json } = context;
  const args = { source: name, limit: wholeNumber(options.limit, '--limit', 1000) };
  const events = (await ask(config, adapters, 'latest', args)) as JsonObject[];
  const refused = (await ask(config, adapters, 'refusals', args)) as JsonObject[];
  if (json) printJson([...events, ...refused]);
  else if (events.length + refused.length === 0) say(`Nothing has come in by ${name} yet.`);
  else say([...events.map(tellEvent), ...refused.map(tellRefused)].join('\n\n'));
  return 0;
}

const tellEvent = ({ event, at, who, data }: JsonObject): string =>
  [
    `${String(event)}  ${String(at)}`,
    `  who   ${(who as string[]).join(', ') || 'nobody'}`,
    ...fieldsOf(data as JsonObject),
  ].join('\n');

const tellRefused = ({ refused, at, detail, body }: JsonObject): string =>
  [`refused  ${String(at)}  ${String(refused)}: ${String(detail)}`, `  ${String(body).slice(0, SHOWN)}`].join('\n');

/** Pages are walked one by one, so that one can see how far it is; each is taken or not, and twice is once. */
async function reconcile(context: Context, name: string, options: Options): Promise<number> {
  const ago = typeof options.since === 'string' ? parseDuration(options.since) : null;
  if (ago === null) throw new TropaError('E_BAD_REQUEST', 'Say how far back: --since 1d (30m, 6h, 2w).');
  const sum = { orders: 0, stored: 0, known: 0, refused: 0 };
  let since: Json = null;
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const answer = (await ask(context.config, context.adapters, 'recall', {
      source: name,
      ago,
      since,
      page,
    })) as JsonObject;
    since = answer.since ?? null;
    pages = Number(answer.pages);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += Number(answer[key]);
    console.error(`page ${page} of ${pages}: ${sum.orders} orders, ${sum.stored} new events`);
  }
  const from = new Date(Number(since)).toISOString();
  if (context.json) printJson({ source: name, since: from, ...sum });
  else
    say(
      `${name} since ${from}: ${sum.orders} orders, ${sum.stored} new events, ${sum.known} known already, ${sum.refused} refused.`,
    );
  return sum.refused === 0 ? 0 : 1;
}
