// The overview's figures, what wants a person's eye, and what happens now.

import { addDays, startOf } from '../../language/calendar.ts';
import { readJourney } from '../../language/read-journey.ts';
import type { Activity, Span } from '../../reports/activity.ts';
import { amounts, attributed, type Revenue } from '../../reports/revenue.ts';
import type { HttpHost } from '../host.ts';
import type { Figures } from './figures.ts';
import { type ApiRoute, route } from './frame.ts';
import { numbers } from './journeys.ts';
import { lines } from './messages.ts';
import { before, spanOf } from './span.ts';

const DAY = 86_400_000;
const LOOKED_AT = 500;
const LIVE = 12;

export function overviewRoutes(host: HttpHost, figures: Figures): ApiRoute[] {
  return [
    route({
      method: 'GET',
      url: '/api/overview',
      role: 'viewer',
      answer: async ({ query }) => {
        const span = spanOf(query, host.now());
        const [now, earlier, earned, earnedBefore, attention, journeys] = await Promise.all([
          figures.between(span),
          figures.between(before(span)),
          figures.revenue(span),
          figures.revenue(before(span)),
          attentionOf(host),
          titles(host),
        ]);
        return {
          totals: totalsOf(now, earned),
          before:
            earlier.totals.sent + earlier.totals.converted + earnedBefore.all.orders === 0
              ? null
              : totalsOf(earlier, earnedBefore),
          days: daysOf(host, now, earned, span),
          channels: channelsOf(now, earned),
          journeys: journeys
            .map(({ id, title }) => ({ id, title, ...numbers(now, earned, id) }))
            .filter(({ entered, messages, orders }) => entered + messages + orders > 0)
            .sort((a, b) => worth(b) - worth(a) || b.converted - a.converted || b.entered - a.entered),
          attention,
        };
      },
    }),
    route({
      method: 'GET',
      url: '/api/feed',
      role: 'viewer',
      answer: async () => ({ messages: await lines(host, await host.store.messages({ limit: LIVE })) }),
    }),
  ];
}

const worth = ({ revenue }: { revenue: Readonly<Record<string, number>> }): number =>
  Object.values(revenue).reduce((sum, amount) => sum + amount, 0);

/** Revenue is what messages earned; with `unattributed` it makes `allOrders`. What goals were worth stands apart. */
function totalsOf({ totals: { value, ...rest } }: Activity, earned: Revenue) {
  const own = attributed(earned);
  return {
    ...rest,
    orders: own.orders,
    revenue: amounts(earned, own),
    unattributed: amounts(earned, earned.none),
    allOrders: amounts(earned, earned.all),
    goalValue: value,
  };
}

/** By channel, those that sent most first. */
export function channelsOf(activity: Activity, earned: Revenue) {
  const names = new Set([...activity.channels.keys(), ...earned.channels.keys()]);
  return [...names]
    .map((channel) => ({
      channel,
      ...(activity.channels.get(channel) ?? { sent: 0, delivered: 0, opened: 0, clicked: 0 }),
      orders: earned.channels.get(channel)?.orders ?? 0,
      revenue: amounts(earned, earned.channels.get(channel)),
    }))
    .filter(({ sent, orders }) => sent + orders > 0)
    .sort((a, b) => b.sent - a.sent);
}

interface Day {
  readonly at: number;
  readonly sent: Record<string, number>;
  readonly revenue: Record<string, number>;
  readonly goalValue: Record<string, number>;
}

/** Every day of the period, the empty ones too. */
function daysOf(host: HttpHost, { days }: Activity, earned: Revenue, { from, to }: Span) {
  const zone = host.settings().timezone;
  const all: Day[] = [];
  // From noon to noon: a day with a clock change is still one day.
  for (let at = startOf('day', from + DAY / 2, zone); at < to; at = addDays(at, 1, zone)) {
    const found = days.get(at);
    const revenue = amounts(earned, earned.days.get(at));
    all.push({ at, sent: found?.sent ?? {}, revenue, goalValue: found?.value ?? {} });
  }
  return all;
}

async function titles(host: HttpHost): Promise<{ id: string; title: string }[]> {
  const { journeys } = await host.store.workspace();
  return Promise.all(
    journeys.map(async ({ id, current }) => {
      const version = await host.store.version(current);
      return { id, title: readJourney(`${id}/journey.yaml`, version?.yaml ?? '').journey?.title ?? id };
    }),
  );
}

interface Attention {
  readonly kind: string;
  readonly count: number;
  readonly about: string;
}

/** Counts are of the latest: more than that many is as bad. */
async function attentionOf(host: HttpHost): Promise<Attention[]> {
  const { store } = host;
  const [counts, unknown, refused, states] = await Promise.all([
    store.counts(),
    store.messages({ status: ['unknown'], limit: LOOKED_AT }),
    store.refused(LOOKED_AT),
    host.senders?.() ?? [],
  ]);
  const bySource = new Map<string, number>();
  for (const { source } of refused) bySource.set(source, (bySource.get(source) ?? 0) + 1);
  return [
    { kind: 'faulted', count: counts.faulted, about: '' },
    { kind: 'unknown', count: unknown.length, about: '' },
    ...states.flatMap(({ name, paused, downUntil }) =>
      paused !== null
        ? [{ kind: 'paused', count: 1, about: name }]
        : downUntil !== null
          ? [{ kind: 'breaker', count: 1, about: name }]
          : [],
    ),
    ...[...bySource].map(([about, count]) => ({ kind: 'refused', count, about })),
  ].filter(({ count }) => count > 0);
}
