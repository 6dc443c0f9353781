// `/inbox`: the sandbox's page, where the messages nobody was really sent can be read, opened, clicked and answered.
// For this machine alone. What it looks like is `inbox-pages.ts`.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import type { SandboxMail } from '../ports/store.ts';
import { isSameOrigin } from './access.ts';
import type { HttpHost, SandboxAction } from './host.ts';
import { sendPage } from './html.ts';
import { inboxStyle, type Listed, listPage, messagePage } from './inbox-pages.ts';

const PAGE_SIZE = 50;
const ACTIONS: ReadonlySet<string> = new Set<SandboxAction>(['open', 'click', 'reply', 'bounce', 'unsubscribe']);
const ROUTE = { config: { access: 'local' as const } };
type Named = { Params: { id: string } };

export function serveInbox(app: FastifyInstance, host: HttpHost): void {
  if (!host.loopback) return;
  app.get<{ Querystring: { before?: string } }>('/inbox', ROUTE, async (request, reply) => {
    const before =
      typeof request.query.before === 'string' && request.query.before !== '' ? request.query.before : null;
    const mails = await host.store.mails({ limit: PAGE_SIZE + 1, ...(before === null ? {} : { before }) });
    const listed = await Promise.all(mails.slice(0, PAGE_SIZE).map((mail) => withRow(host, mail)));
    const page = listPage({
      listed,
      more: mails.length > PAGE_SIZE,
      first: before === null,
      now: host.now(),
      settings: host.settings(),
    });
    return sendPage(reply, { title: 'Inbox · Tropa', lang: 'en', style: inboxStyle, ...page });
  });
  app.get<Named>('/inbox/:id', ROUTE, (request, reply) => sendMessage(host, reply, request.params.id));
  app.post<Named>('/inbox/:id', ROUTE, async (request, reply) => {
    const { id } = request.params;
    const { action, value } = readAction(request);
    if (host.sandbox === null) throw new TropaError('E_NOT_FOUND', 'No channel of this workspace is a sandbox.');
    try {
      await host.sandbox.act(id, action, value);
    } catch (error) {
      // A message without a link cannot be clicked: said on the page, where the button is.
      if (error instanceof TropaError && error.code === 'E_BAD_REQUEST')
        return sendMessage(host, reply, id, error.message);
      throw error;
    }
    return reply.redirect(`/inbox/${encodeURIComponent(id)}`, 303);
  });
}

async function withRow(host: HttpHost, mail: SandboxMail): Promise<Listed> {
  return { mail, row: await host.store.message(mail.id) };
}

async function sendMessage(
  host: HttpHost,
  reply: FastifyReply,
  id: string,
  notice: string | null = null,
): Promise<FastifyReply> {
  const [mail] = await host.store.mails({ id, limit: 1 });
  if (mail === undefined) throw new TropaError('E_NO_SUCH_MESSAGE', 'There is no such message in the sandbox.');
  const listed = await withRow(host, mail);
  const body = messagePage({
    listed,
    notice,
    pixel: host.links.open(id),
    settings: host.settings(),
    acts: host.sandbox !== null,
  });
  return sendPage(reply, {
    title: 'Message · Tropa',
    lang: 'en',
    style: inboxStyle,
    body,
    framesMessage: true,
    status: notice === null ? 200 : 400,
  });
}

function readAction(request: FastifyRequest): { action: SandboxAction; value?: string } {
  if (!isSameOrigin(request)) throw new TropaError('E_FORBIDDEN', 'Buttons of this page work from this page alone.');
  const text = request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : '';
  const form = new URLSearchParams(text);
  const action = form.get('action') ?? '';
  if (!isAction(action)) throw new TropaError('E_BAD_REQUEST', 'action is open, click, reply, bounce or unsubscribe.');
  const value = form.get('value') ?? '';
  return value === '' ? { action } : { action, value };
}

const isAction = (text: string): text is SandboxAction => ACTIONS.has(text);
