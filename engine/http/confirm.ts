// `/y/:token`: where a yes is confirmed (double opt-in). Mail scanners follow links, so a GET only asks; the answer is a POST.

import type { FastifyInstance } from 'fastify';
import { confirmedBy } from '../core/confirm.ts';
import { mint } from '../core/ids.ts';
import type { HttpHost } from './host.ts';
import { html } from './html.ts';
import { brandOf, type Reader, readerOf, sendCard, sendGone } from './reader.ts';

type Tokened = { Params: { token: string } };
const ROUTE = { config: { access: 'proven' as const } };

export function serveConfirm(app: FastifyInstance, host: HttpHost): void {
  app.get<Tokened>('/y/:token', ROUTE, async (request, reply) => {
    const asked = await askedOf(host, request.params.token);
    if (asked === null) return sendGone(host, reply);
    const { reader, titles } = asked;
    const { words, settings } = reader;
    const body = html`<p>${words.confirmAsk(titles, brandOf(settings))}</p>
<form method="post"><button class="first">${words.confirm}</button></form>
<p class="quiet">${words.confirmNote}</p>`;
    return sendCard(reply, reader, words.confirmTitle, body);
  });
  app.post<Tokened>('/y/:token', ROUTE, async (request, reply) => {
    const asked = await askedOf(host, request.params.token);
    if (asked === null) return sendGone(host, reply);
    const { reader, categories, titles } = asked;
    const at = host.now();
    await host.ingest(
      categories.map((category) => ({
        id: mint('event', 'confirm', reader.message.id, category),
        source: 'tropa',
        name: 'consent.granted',
        at,
        received: at,
        who: [],
        person: reader.message.person,
        data: {
          channel: 'email',
          category,
          confirmed: true,
          ...(reader.message.to !== null && { address: reader.message.to }),
          source: 'double_opt_in',
          text: reader.words.confirmAsk(titles, brandOf(reader.settings)),
          ip: request.ip,
        },
      })),
    );
    const said = reader.words.confirmed(titles, brandOf(reader.settings));
    return sendCard(reply, reader, reader.words.done, html`<p>${said}</p>`);
  });
}

/** What a confirming mail asked, or null where the link is of no such mail or its categories are no more. */
async function askedOf(
  host: HttpHost,
  token: string,
): Promise<{ reader: Reader; categories: readonly string[]; titles: string } | null> {
  const reader = await readerOf(host, 'confirm', token);
  if (reader === null) return null;
  const { categories: known } = reader.settings;
  const categories = confirmedBy(reader.message.step).filter((id) => known[id] !== undefined);
  if (categories.length === 0) return null;
  return { reader, categories, titles: categories.map((id) => `“${known[id]?.title ?? id}”`).join(', ') };
}
