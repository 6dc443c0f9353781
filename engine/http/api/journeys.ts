// Journeys for the dashboard: all of them with their figures, one with its picture and the people on it, and its levers.

import { z } from 'zod';
import type { Person } from '../../core/person.ts';
import { compile } from '../../language/compile/compile.ts';
import { drawPicture, type Picture } from '../../language/compile/picture.ts';
import { TropaError } from '../../language/errors.ts';
import { readJourney } from '../../language/read-journey.ts';
import type { StoredJourney, StoredVersion } from '../../ports/store.ts';
import type { Activity, JourneyActivity, Span } from '../../reports/activity.ts';
import { upliftOf } from '../../reports/uplift.ts';
import type { HttpHost } from '../host.ts';
import type { Figures } from './figures.ts';
import { type ApiRoute, route } from './frame.ts';
import { nameOf } from './people.ts';
import { before, spanOf } from './span.ts';

const SHOWN = 50;
const PAGE = 200;

export function journeyRoutes(host: HttpHost, figures: Figures): ApiRoute[] {
  const lever = (what: 'pause' | 'resume' | 'archive'): ApiRoute =>
    route({
      method: 'POST',
      url: `/api/journeys/:id/${what}`,
      role: 'author',
      body: z.strictObject({}),
      answer: ({ params }) => host.operate(what, { journey: params.id ?? '' }),
    });
  return [
    route({
      method: 'GET',
      url: '/api/journeys',
      role: 'viewer',
      answer: ({ query }) => list(host, figures, spanOf(query, host.now())),
    }),
    route({
      method: 'GET',
      url: '/api/journeys/:id',
      role: 'viewer',
      answer: ({ params, query }) =>
        one(host, figures, { id: params.id ?? '', span: spanOf(query, host.now()), version: query.version }),
    }),
    route({
      method: 'GET',
      url: '/api/journeys/:id/people',
      role: 'viewer',
      answer: async ({ params, query }) => ({ people: await standing(host, params.id ?? '', query.step ?? '') }),
    }),
    lever('pause'),
    lever('resume'),
    lever('archive'),
    route({
      method: 'POST',
      url: '/api/journeys/:id/start',
      role: 'author',
      body: z.strictObject({ profile: z.string().min(1).max(500) }),
      answer: ({ params, body }) => host.operate('start', { journey: params.id ?? '', profile: body.profile }),
    }),
  ];
}

async function list(host: HttpHost, figures: Figures, span: Span) {
  const { journeys } = await host.store.workspace();
  const [activity, inside] = await Promise.all([figures.between(span), figures.inside()]);
  const lines = await Promise.all(
    journeys.map(async (stored) => ({
      ...(await headOf(host, stored)),
      inside: sum(inside.get(stored.id)),
      ...numbers(activity, stored.id),
    })),
  );
  return { journeys: lines };
}

/** What a journey did, as a line of a list says it. */
export function numbers({ journeys }: Activity, id: string) {
  const found = journeys.get(id);
  const { entered = 0, messages = 0, converted = 0, value = {} } = found ?? {};
  return { entered, messages, converted, revenue: value };
}

async function headOf(host: HttpHost, { id, current, paused, archived }: StoredJourney) {
  const journey = journeyIn(await host.store.version(current));
  return { id, title: journey?.title ?? id, status: journey?.status ?? 'draft', paused, archived };
}

function journeyIn(version: StoredVersion | null) {
  return version === null ? undefined : readJourney(`${version.journey}/journey.yaml`, version.yaml).journey;
}

const sum = (counts: ReadonlyMap<string, number> | undefined): number =>
  [...(counts?.values() ?? [])].reduce((all, n) => all + n, 0);

interface One {
  readonly id: string;
  readonly span: Span;
  readonly version: string | undefined;
}

async function one(host: HttpHost, figures: Figures, { id, span, version }: One) {
  const { journeys } = await host.store.workspace();
  const stored = journeys.find((journey) => journey.id === id);
  if (stored === undefined) throw new TropaError('E_NO_SUCH_JOURNEY', `There is no journey "${id}".`);
  const versions = await host.store.versions(id);
  const hash = versions.some((known) => known.hash === version) && version !== undefined ? version : stored.current;
  const journey = journeyIn(await host.store.version(hash));
  const picture = journey === undefined ? null : drawPicture(compile(journey, hash));
  const [activity, earlier, inside] = await Promise.all([
    figures.of(id, hash, span),
    figures.of(id, hash, before(span)),
    figures.inside(),
  ]);
  const now = activity.journeys.get(id);
  const was = earlier.journeys.get(id);
  const standing = inside.get(`${id} ${hash}`) ?? new Map<string, number>();
  const held = now !== undefined && (journey?.holdout ?? 0) > 0;
  return {
    ...(await headOf(host, stored)),
    startable: (journey?.triggers ?? []).some((trigger) => trigger.kind === 'api'),
    version: hash,
    versions: versions
      .map(({ hash: known, number, deployedAt, author }) => ({ hash: known, number, deployedAt, author }))
      .sort((a, b) => b.number - a.number),
    picture,
    ...(picture === null ? { steps: {}, flows: [] } : onThePicture(picture, now, standing)),
    totals: {
      inside: sum(standing),
      ...numbers(activity, id),
      before: was === undefined ? null : { entered: was.entered, converted: was.converted },
    },
    holdout: held ? { treated: now.treated, held: now.heldOut, uplift: upliftOf(now.treated, now.heldOut) } : null,
  };
}

/** Counts by node of the picture. A ladder's own state is no node: whoever went through it went straight on. */
function onThePicture(picture: Picture, activity: JourneyActivity | undefined, standing: ReadonlyMap<string, number>) {
  const ids = new Set(picture.nodes.map(({ id }) => id));
  const flows = straight(activity?.flows ?? new Map(), ids);
  const leaving = new Map<string, number>();
  for (const { from, count } of flows) leaving.set(from, (leaving.get(from) ?? 0) + count);
  const steps = picture.nodes.map(({ id, sends }) => {
    const own = activity?.steps.get(id);
    const arrived = flows.filter(({ to }) => to === id).reduce((all, { count }) => all + count, 0);
    const passed = id === '$entry' ? (activity?.entered ?? 0) : (own?.came ?? arrived);
    const skipped = skippedAt(activity, id, sends.length > 1);
    const onward = passed === 0 || id.startsWith('$') ? null : Math.min(1, (leaving.get(id) ?? 0) / passed);
    return [id, { inside: standing.get(id) ?? 0, passed, skipped, onward }] as const;
  });
  return { steps: Object.fromEntries(steps), flows };
}

/** Skips of a step by reason; messages a rung sends together have ids below the rung's. */
function skippedAt(activity: JourneyActivity | undefined, id: string, together: boolean): Record<string, number> {
  const skipped: Record<string, number> = {};
  const own = [...(activity?.steps ?? [])].filter(([step]) => step === id || (together && step.startsWith(`${id}.`)));
  for (const [reason, n] of own.flatMap(([, step]) => Object.entries(step.skipped)))
    skipped[reason] = (skipped[reason] ?? 0) + n;
  return skipped;
}

function straight(flows: ReadonlyMap<string, number>, ids: ReadonlySet<string>) {
  const ways = [...flows].map(([key, count]) => {
    const [from = '', to = ''] = key.split(' ');
    return { from, to, count };
  });
  const known = new Map<string, { from: string; to: string; count: number }>();
  const put = (from: string, to: string, count: number) => {
    const way = known.get(`${from} ${to}`) ?? { from, to, count: 0 };
    way.count += count;
    known.set(`${from} ${to}`, way);
  };
  for (const { from, to, count } of ways) {
    if (!ids.has(from)) continue;
    if (ids.has(to)) put(from, to, count);
    // Through what is no node: its own ways on, shared out as they were taken.
    else {
      const on = ways.filter((way) => way.from === to && ids.has(way.to));
      const all = on.reduce((total, way) => total + way.count, 0);
      for (const way of on) put(from, way.to, Math.round((count * way.count) / all));
    }
  }
  return [...known.values()];
}

async function standing(host: HttpHost, journey: string, step: string) {
  const found: { person: string; name: string; since: number }[] = [];
  for await (const person of peopleInside(host, journey)) {
    const here = person.enrollments.filter((one) => one.journey === journey && one.step === step);
    found.push(...here.map(({ enteredAt }) => ({ person: person.id, name: nameOf(person), since: enteredAt })));
    if (found.length >= SHOWN) break;
  }
  return found.slice(0, SHOWN);
}

async function* peopleInside({ store }: HttpHost, journey: string): AsyncGenerator<Person> {
  let after: string | undefined;
  for (;;) {
    const people = await store.people({ inside: journey, limit: PAGE, ...(after !== undefined && { after }) });
    yield* people;
    if (people.length < PAGE) return;
    after = people.at(-1)?.id;
  }
}
