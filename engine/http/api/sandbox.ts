// The sandbox for the dashboard: what people would have received, how it looks, and what they do with it.

import { z } from 'zod';
import type { MessageRow } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import type { SandboxMail } from '../../ports/store.ts';
import type { HttpHost } from '../host.ts';
import { excerptOf, headersOf, NOTHING, titleIn } from '../inbox-pages.ts';
import { type ApiRoute, route } from './frame.ts';
import { framed, sendFrame } from './message-frame.ts';
import { nameOf } from './people.ts';

const PAGE = 60;

const sandboxAct = z.strictObject({
  action: z.enum(['open', 'click', 'reply', 'bounce', 'unsubscribe']),
  value: z.string().max(2_000).optional(),
});

const sandboxMessage = z.object({
  id: z.string(),
  /** Whose it is, by our id, and what they are called; empty when they are no longer known. */
  person: z.string(),
  name: z.string(),
  channel: z.string(),
  to: z.string(),
  at: z.number(),
  subject: z.string(),
  excerpt: z.string(),
  text: z.string(),
  /** Its look can be had at `/api/sandbox/ID/frame`. */
  html: z.boolean(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  journey: z.string().nullable(),
  step: z.string().nullable(),
  template: z.string().nullable(),
  status: z.string().nullable(),
});

const sandboxList = z.object({ messages: z.array(sandboxMessage), acts: z.boolean() });

export function sandboxRoutes(host: HttpHost): ApiRoute[] {
  return [
    route({ method: 'GET', url: '/api/sandbox', role: 'viewer', answer: () => listSandbox(host) }),
    route({
      method: 'GET',
      url: '/api/sandbox/:id/frame',
      role: 'viewer',
      answer: async ({ params, reply }) => sendFrame(reply, await frameOf(host, params.id ?? '')),
    }),
    route({
      method: 'POST',
      url: '/api/sandbox/:id',
      role: 'author',
      body: sandboxAct,
      answer: ({ params, body }) => actInSandbox(host, params.id ?? '', body),
    }),
  ];
}

/** The latest messages. */
async function listSandbox(host: HttpHost): Promise<z.infer<typeof sandboxList>> {
  const mails = await host.store.mails({ limit: PAGE });
  const rows = await host.store.ledger(mails.map(({ id }) => id));
  const people = await host.store.load([...new Set(rows.map(({ person }) => person))]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const names = new Map(people.map(({ person }) => [person.id, nameOf(person)]));
  return {
    messages: mails.map((mail) => {
      const row = byId.get(mail.id);
      return tell(mail, row, names.get(row?.person ?? '') ?? '');
    }),
    acts: host.sandbox !== null,
  };
}

function tell(mail: SandboxMail, row: MessageRow | undefined, name: string): z.infer<typeof sandboxMessage> {
  const { html, text } = mail.content;
  return {
    id: mail.id,
    person: row?.person ?? '',
    name,
    channel: mail.channel,
    to: mail.to,
    at: mail.at,
    subject: titleIn(mail),
    excerpt: excerptOf(mail),
    text: typeof text === 'string' ? text : '',
    html: typeof html === 'string' && html !== '',
    headers: headersOf(mail),
    journey: row?.journey ?? null,
    step: row?.step ?? null,
    template: row?.template ?? null,
    status: row?.status ?? null,
  };
}

/** A mail as its reader's program shows it, without its open pixel: reading here is not yet opening. Throws E_NO_SUCH_MESSAGE. */
async function frameOf(host: HttpHost, id: string): Promise<string> {
  const [mail] = await host.store.mails({ id, limit: 1 });
  const markup = mail?.content.html;
  if (typeof markup !== 'string' || markup === '')
    throw new TropaError('E_NO_SUCH_MESSAGE', 'There is no such mail in the sandbox.');
  return framed(markup.replaceAll(host.links.open(id), NOTHING));
}

/** Does as the person would. Throws E_NO_SUCH_MESSAGE, E_BAD_REQUEST where there is nothing to click. */
async function actInSandbox(host: HttpHost, id: string, what: z.infer<typeof sandboxAct>): Promise<void> {
  if (host.sandbox === null) throw new TropaError('E_NOT_FOUND', 'No channel of this workspace is a sandbox.');
  await host.sandbox.act(id, what.action, what.value);
}
