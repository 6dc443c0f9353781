// The overview's figures, what wants a person's eye, and what happens now.

import { addDays, startOf } from '../../language/calendar.ts';
import { readJourney } from '../../language/read-journey.ts';
import type { Activity, Span } from '../../reports/activity.ts';
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
        const [now, earlier, attention, journeys] = await Promise.all([
          figures.between(span),
          figures.between(before(span)),
          attentionOf(host),
          titles(host),
        ]);
        return {
          totals: totalsOf(now),
          before: earlier.totals.sent + earlier.totals.converted === 0 ? null : totalsOf(earlier),
          days: daysOf(host, now, span),
          channels: [...now.channels]
            .map(([channel, fare]) => ({ channel, ...fare }))
            .filter(({ sent }) => sent > 0)
            .sort((a, b) => b.sent - a.sent),
          journeys: journeys
            .map(({ id, title }) => ({ id, title, ...numbers(now, id) }))
            .filter(({ entered, messages }) => entered + messages > 0)
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

function totalsOf({ totals: { value, ...rest } }: Activity) {
  return { ...rest, revenue: value };
}

/** Every day of the period, the empty ones too. */
function daysOf(host: HttpHost, { days }: Activity, { from, to }: Span) {
  const zone = host.settings().timezone;
  const all: { at: number; sent: Record<string, number>; revenue: Record<string, number> }[] = [];
  // From noon to noon: a day with a clock change is still one day.
  for (let at = startOf('day', from + DAY / 2, zone); at < to; at = addDays(at, 1, zone)) {
    const found = days.get(at);
    all.push({ at, sent: found?.sent ?? {}, revenue: found?.value ?? {} });
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
