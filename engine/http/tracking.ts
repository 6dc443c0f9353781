// `/o /c /b`: what readers' mail programs and browsers ask for. A token that we did not sign for exactly this opens
// nothing and leads nowhere (P24); who asks as a machine is never counted as a human.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mint } from '../core/ids.ts';
import type { MessageRow } from '../core/person.ts';
import { TropaError } from '../language/errors.ts';
import type { Instant, Millis } from '../language/values.ts';
import type { Receipt } from '../ports/channel.ts';
import type { IncomingEvent } from '../ports/store.ts';
import { aboutMessage } from '../runtime/receipts.ts';
import type { HttpHost } from './host.ts';
import { PICTURES } from './html.ts';
import { type MachineReason, machineReason } from './machines.ts';
import { placeOf } from './problem.ts';

/** A transparent picture of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
type Tokened = { Params: { token: string } };
const ROUTE = { config: { access: 'proven' as const } };
/** The message may show pictures and open links, and runs nothing; `sandbox` gives it an origin of its own. */
const MESSAGE_POLICY = `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ${PICTURES}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function serveTracking(app: FastifyInstance, host: HttpHost): void {
  app.get<Tokened>('/o/:token', ROUTE, async (request, reply) => {
    const target = host.links.read('open', request.params.token);
    if (target === null) throw unknownLink();
    await tell(host, request, { kind: 'open', message: target.message, url: null });
    return reply.header('cache-control', 'no-store, private').type('image/gif').send(PIXEL);
  });

  app.get<Tokened>('/c/:token', ROUTE, async (request, reply) => {
    const target = host.links.read('click', request.params.token);
    if (target?.url === undefined) throw unknownLink();
    await tell(host, request, { kind: 'click', message: target.message, url: target.url });
    return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(target.url, 302);
  });

  app.get<Tokened>('/b/:token', ROUTE, async (request, reply) => {
    const target = host.links.read('browser', request.params.token);
    const content = target === null ? null : await contentOf(host, target.message);
    if (content === null) throw unknownLink();
    const { html, text } = content;
    const isHtml = typeof html === 'string' && html !== '';
    return reply
      .header('content-security-policy', MESSAGE_POLICY)
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-store, private')
      .header('x-robots-tag', 'noindex')
      .type(isHtml ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8')
      .send(isHtml ? html : String(text ?? ''));
  });
}

/** What the sandbox kept; of what really left nothing is kept, and it is rendered once more. */
async function contentOf(host: HttpHost, id: string): Promise<{ html?: unknown; text?: unknown } | null> {
  const [mail] = await host.store.mails({ id, limit: 1 });
  if (mail !== undefined) return mail.content;
  const row = await host.store.message(id);
  return row === null || row.person === '' ? null : ((await host.browse?.(row)) ?? null);
}

/** The same answer for a forged link and for a message that is gone. */
function unknownLink(): TropaError {
  return new TropaError('E_NOT_FOUND', 'This link is incomplete, or has ended.');
}

/** One request about a message. */
interface Told {
  readonly kind: 'open' | 'click';
  readonly message: string;
  readonly url: string | null;
}

/** Hands it in. The reader gets the picture or the shop even when it cannot be kept: theirs matters more. */
async function tell(host: HttpHost, request: FastifyRequest, told: Told): Promise<void> {
  try {
    const row = await host.store.message(told.message);
    if (row === null || row.person === '') return;
    const at = host.now();
    const { method, headers } = request;
    const reason = machineReason({ kind: told.kind, method, headers, channel: row.channel, age: ageOf(host, row, at) });
    if (reason !== null) await host.receipts([machineHit(told, reason, at)]);
    else if (told.kind === 'open') await host.receipts([{ message: told.message, kind: 'opened', at }]);
    else await host.ingest([clickOf(row, String(told.url), at)]);
  } catch (error) {
    host.logger.warn({ kind: told.kind, fault: placeOf(error) }, 'a receipt could not be kept');
  }
}

/** How long ago it was handed over; null where it did not leave this machine. */
function ageOf(host: HttpHost, { channel, times }: MessageRow, now: Instant): Millis | null {
  const left = times.sent ?? times.sending;
  const leaves = host.settings().senders.some((sender) => sender.channel === channel && sender.provider !== 'sandbox');
  return leaves && left !== undefined ? now - left : null;
}

/** What a machine did is kept with its reason, once a second for each link. */
function machineHit({ message, url }: Told, reason: MachineReason, at: Instant): Receipt {
  const id = mint('machine', reason, url, Math.floor(at / 1000));
  return { message, kind: 'machine_opened', at, id, reason, ...(url !== null && { value: url }) };
}

/**
 * A click that looks human waits in the person's record until it is known to be no burst (`core/clicks.ts`). Two requests for
 * one link within a second are one click: impatience, or a browser that tries again.
 */
function clickOf(row: MessageRow, url: string, at: Instant): IncomingEvent {
  return {
    id: mint('click', row.id, url, Math.floor(at / 1000)),
    source: 'tropa',
    name: 'tropa.click',
    at,
    received: at,
    who: [],
    person: row.person,
    data: { ...aboutMessage(row), url },
  };
}
