// Settings for the dashboard, as deployed: senders and how they are, sources and what they refused, caps and quiet hours.
// Keys and secrets are none of its business (P30).

import { z } from 'zod';
import { formatDuration } from '../../language/duration.ts';
import type { Clock } from '../../language/journey.ts';
import type { HttpHost } from '../host.ts';
import { type ApiRoute, route } from './frame.ts';

const REFUSED = 100;
/** As much of a refused body as tells what came. */
const SHOWN = 4_000;

export function settingsRoutes(host: HttpHost): ApiRoute[] {
  return [
    route({ method: 'GET', url: '/api/settings', role: 'viewer', answer: () => told(host) }),
    route({
      method: 'GET',
      url: '/api/settings/refused',
      role: 'author',
      answer: async () => ({
        refused: (await host.store.refused(REFUSED)).map(({ body, ...rest }) => ({
          ...rest,
          body: body.slice(0, SHOWN),
        })),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/settings/senders/:name',
      role: 'admin',
      body: z.strictObject({ how: z.enum(['pause', 'resume']) }),
      answer: ({ params, body }) => host.operate('sender', { name: params.name ?? '', how: body.how }),
    }),
  ];
}

const clockText = ({ hour, minute }: Clock): string =>
  `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;

function told(host: HttpHost) {
  const { brand, timezone, locale, currency, consent, categories, quietHours, caps, senders, sources, segments } =
    host.settings();
  const states = new Map((host.senders?.() ?? []).map((state) => [state.name, state]));
  return {
    brand: { name: brand.name, url: brand.url },
    timezone,
    locale,
    currency,
    consent,
    categories: Object.values(categories).map(({ id, title, transactional }) => ({ id, title, transactional })),
    quietHours: quietHours && { ...quietHours, from: clockText(quietHours.from), to: clockText(quietHours.to) },
    caps: caps.map(({ channel, max, per }) => ({
      channel,
      max,
      per: typeof per === 'number' ? formatDuration(per) : per,
    })),
    senders: senders.map(({ name, channel, provider }) => {
      const state = states.get(name);
      return { name, channel, provider, paused: state?.paused ?? null, downUntil: state?.downUntil ?? null };
    }),
    sources: sources.map(({ name, type }) => ({
      name,
      type,
      url: `${host.publicUrl}/${type === 'segment' ? 'v1' : `hooks/${name}`}`,
    })),
    segments: Object.entries(segments).map(([name, { text }]) => ({ name, text })),
  };
}
