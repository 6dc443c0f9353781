// What platforms pass on of people's rights over their data (Shopify's privacy webhooks): written down before it is
// answered, carried out afterwards, and again after a stop, until it is done.

import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { doorOf } from '../core/events.ts';
import type { Person, PersonId } from '../core/person.ts';
import { formatIso } from '../language/calendar.ts';
import type { JsonObject } from '../language/values.ts';
import type { PrivacyRequest } from '../ports/source.ts';
import { dossier } from '../reports/dossier.ts';
import { amend } from '../runtime/amend.ts';
import { erase } from '../runtime/erasing.ts';
import type { House } from './house.ts';
import { peopleOf } from './operations/operation.ts';
import { documentsIn, forgetDocuments } from './privacy-documents.ts';

/** Under which the requests that are not carried out yet stand in the store. */
const WAITING = 'privacy';
const PAGE = 1_000;
/** Real milliseconds until what failed is tried again. */
const AGAIN = 60_000;

interface Waiting {
  readonly source: string;
  readonly request: PrivacyRequest;
}

export interface PrivacyDesk {
  /** Durable on return; the same request twice is one. */
  take(source: string, requests: readonly PrivacyRequest[]): Promise<void>;
  /** Ends when what was begun is done. */
  close(): Promise<void>;
}

/**
 * Carries out what waits, from now on. An export is a document `privacy/SOURCE-….json` in the data folder, to be handed to
 * whoever asked; an erasure leaves nothing but the fact in the log; a shop that goes takes everybody along who is known from
 * it alone, and the log says how many are known from elsewhere as well.
 */
export function openPrivacyDesk(house: House): PrivacyDesk {
  const { store, logger } = house;
  let line: Promise<unknown> = Promise.resolve();
  let closed = false;
  let timer: NodeJS.Timeout | null = null;

  /** One after the other; two processes that carry out the same request do it twice, which changes nothing more. */
  function inLine<T>(work: () => Promise<T>): Promise<T> {
    const next = line.then(work);
    line = next.catch(() => undefined);
    return next;
  }
  async function step(): Promise<boolean> {
    const [first] = JSON.parse((await store.meta(WAITING)) ?? '[]') as Waiting[];
    if (first === undefined || closed) return false;
    await carryOut(house, first);
    const rest = await amend<Waiting[]>(
      store,
      WAITING,
      (list) => list?.filter((one) => keyOf(one) !== keyOf(first)) ?? null,
    );
    return (rest ?? []).length > 0;
  }

  function work(): void {
    void inLine(step).then(
      (more) => more && work(),
      (error: unknown) => {
        logger.error({ fault: (error as Error).name }, 'a request about personal data could not be carried out yet');
        if (!closed) timer = setTimeout(work, AGAIN).unref();
      },
    );
  }

  work();
  return {
    async take(source, requests) {
      await amend<Waiting[]>(store, WAITING, (list) => {
        const known = new Set((list ?? []).map((one) => keyOf(one)));
        const fresh = requests.map((request) => ({ source, request })).filter((one) => !known.has(keyOf(one)));
        return fresh.length === 0 ? list : [...(list ?? []), ...fresh];
      });
      work();
    },
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await line;
    },
  };
}

const keyOf = ({ source, request }: Waiting): string => `${source}/${request.kind}/${request.id}`;

async function carryOut(house: House, { source, request }: Waiting): Promise<void> {
  if (request.kind === 'export') return await exportAll(house, source, request);
  if (request.kind === 'shop') return await eraseShop(house, source);
  const people = await peopleNamed(house, request);
  const identities = [...request.who, ...people.flatMap((person) => person.identities)];
  await forgetDocuments(house.config.data, { people: people.map(({ id }) => id), identities });
  for (const person of people) await erase(house.store, person.id, house.clock.now());
  house.logger.info({ source, people: people.length }, 'erased at the request of a platform');
}

async function peopleNamed(house: House, { who }: PrivacyRequest): Promise<Person[]> {
  const found = new Set<PersonId>();
  for (const key of who) {
    const id = await house.store.find(key);
    if (id !== null) found.add(id);
  }
  return (await house.store.load([...found])).map(({ person }) => person);
}

async function exportAll(house: House, source: string, request: PrivacyRequest): Promise<void> {
  const { store, clock, config, logger } = house;
  const now = clock.now();
  const people: JsonObject[] = [];
  for (const person of await peopleNamed(house, request)) people.push(await dossier(store, person, now));
  const folder = documentsIn(config.data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = `${source}-${createHash('sha256').update(request.id).digest('hex').slice(0, 16)}.json`;
  const file = join(folder, name);
  const text = JSON.stringify(
    {
      requested_at: formatIso(request.at),
      shop: request.shop,
      identities: request.who,
      orders: request.orders,
      people,
    },
    null,
    2,
  );
  await writeFile(`${file}.part`, text, { mode: 0o600 });
  await rename(`${file}.part`, file);
  logger.warn({ source, file, people: people.length }, 'somebody asks for their data: hand them this file');
}

async function eraseShop(house: House, source: string): Promise<void> {
  let [erased, kept] = [0, 0];
  for await (const people of peopleOf(house.store))
    for (const { id, identities } of people) {
      const from = await sourcesOf(house, id);
      if (!from.has(source)) continue;
      if (from.size > 1) kept += 1;
      else {
        await forgetDocuments(house.config.data, { people: [id], identities });
        await erase(house.store, id, house.clock.now());
        erased += 1;
      }
    }
  house.logger.warn(
    { source, erased, kept },
    'the shop is gone, and with it who was known from it alone; others are known from elsewhere too',
  );
}

/** From which doors somebody is known; what they did on pages of ours is no door. */
async function sourcesOf(house: House, person: PersonId): Promise<Set<string>> {
  const sources = new Set<string>();
  for (let after: string | undefined; ; ) {
    const events = await house.store.events({ person, limit: PAGE, ...(after !== undefined && { after }) });
    for (const { source } of events) if (source !== 'tropa') sources.add(doorOf(source));
    if (events.length < PAGE) return sources;
    after = events.at(-1)?.id;
  }
}
