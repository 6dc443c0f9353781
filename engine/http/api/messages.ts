// Messages for the dashboard: the ledger by filter, one message as it was sent, and what is to be settled.

import { z } from 'zod';
import type { MessageRow, MessageStatus } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import { leftTime } from '../../reports/ledger.ts';
import { consentOf } from '../../reports/timeline.ts';
import type { HttpHost } from '../host.ts';
import { type ApiRoute, route } from './frame.ts';
import { framed, sendFrame } from './message-frame.ts';
import { nameOf } from './people.ts';

const PAGE = 50;
/** Rows looked through for one page where a filter names what the store does not look up. */
const LOOKED_THROUGH = 5_000;
export function messageRoutes(host: HttpHost): ApiRoute[] {
  return [
    route({ method: 'GET', url: '/api/messages', role: 'viewer', answer: ({ query }) => list(host, query) }),
    route({
      method: 'GET',
      url: '/api/messages/:id',
      role: 'viewer',
      answer: async ({ params }) => {
        const row = await rowOf(host, params.id);
        const [told] = await lines(host, [row]);
        return { ...told, times: row.times, consent: consentOf(row), content: await contentOf(host, row) };
      },
    }),
    route({
      method: 'GET',
      url: '/api/messages/:id/frame',
      role: 'viewer',
      answer: async ({ params, reply }) => {
        const { html } = await shown(host, await rowOf(host, params.id));
        if (typeof html !== 'string')
          throw new TropaError('E_NO_SUCH_MESSAGE', 'Nothing of this message can be shown.');
        return sendFrame(reply, framed(html));
      },
    }),
    route({
      method: 'POST',
      url: '/api/messages/:id/resolve',
      role: 'author',
      body: z.strictObject({ as: z.enum(['sent', 'resend']) }),
      answer: ({ params, body }) => host.operate('resolve', { message: params.id ?? '', as: body.as }),
    }),
  ];
}

async function rowOf({ store }: HttpHost, id = ''): Promise<MessageRow> {
  const row = await store.message(id);
  if (row === null) throw new TropaError('E_NO_SUCH_MESSAGE', 'There is no such message.');
  return row;
}

type Query = Readonly<Record<string, string | undefined>>;

async function list(host: HttpHost, query: Query) {
  const found: MessageRow[] = [];
  let before = query.before;
  for (let seen = 0; seen < LOOKED_THROUGH && found.length < PAGE; seen += PAGE * 4) {
    const rows = await host.store.messages({
      limit: PAGE * 4,
      ...(before !== undefined && { before }),
      ...(query.person !== undefined && { person: query.person }),
      ...(query.journey !== undefined && { journey: query.journey }),
      ...(query.status !== undefined && { status: [query.status as MessageStatus] }),
      ...(query.channel !== undefined && { channel: query.channel }),
    });
    found.push(...rows.filter((row) => fits(row, query)));
    before = rows.at(-1)?.id;
    if (rows.length < PAGE * 4) {
      before = undefined;
      break;
    }
  }
  const page = found.slice(0, PAGE);
  const next = found.length > PAGE ? page.at(-1)?.id : before;
  return { messages: await lines(host, page), next: next ?? null };
}

const fits = (row: MessageRow, { reason, step }: Query): boolean =>
  (reason === undefined || row.reason === reason) && (step === undefined || row.step === step);

/** Rows as lines of a list, with what their people are called. */
export async function lines(host: HttpHost, rows: readonly MessageRow[]) {
  const loaded = await host.store.load([...new Set(rows.map(({ person }) => person))]);
  const names = new Map(loaded.map(({ person }) => [person.id, nameOf(person)]));
  return rows.map((row) => ({
    id: row.id,
    person: row.person,
    name: names.get(row.person) ?? row.person,
    journey: row.journey,
    step: row.step,
    template: row.template,
    channel: row.channel,
    to: row.to,
    at: leftTime(row),
    status: row.status,
    reason: row.reason,
  }));
}

async function contentOf(host: HttpHost, row: MessageRow) {
  const { subject, html, text } = await shown(host, row);
  if (html === null && text === '') return null;
  return { subject, text, html: html !== null };
}

/** What the sandbox kept; of what really left, a mail is rendered once more with the templates of now. */
async function shown(host: HttpHost, row: MessageRow): Promise<{ subject: string; html: string | null; text: string }> {
  const [mail] = await host.store.mails({ id: row.id, limit: 1 });
  if (mail === undefined) {
    const again = row.person === '' ? null : ((await host.browse?.(row)) ?? null);
    return { subject: '', html: again?.html ?? null, text: again?.text ?? '' };
  }
  const { html, text, headers } = mail.content;
  const { subject, title } = (headers ?? {}) as { subject?: unknown; title?: unknown };
  return {
    subject: String(subject ?? title ?? ''),
    html: typeof html === 'string' && html !== '' ? html.replaceAll(host.links.open(row.id), '') : null,
    text: typeof text === 'string' ? text : '',
  };
}
