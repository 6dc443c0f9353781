// `/o /c /b`: what readers' mail programs and browsers ask for. A token that we did not sign for exactly this opens
// nothing and leads nowhere (P24); who asks as a machine is never counted as a human.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mint } from '../core/ids.ts';
import { TropaError } from '../language/errors.ts';
import type { Receipt, ReceiptKind } from '../ports/channel.ts';
import type { HttpHost } from './host.ts';
import { PICTURES } from './html.ts';
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
    await tell(host, {
      message: target.message,
      kind: isMachine(request) ? 'machine_opened' : 'opened',
      at: host.now(),
    });
    return reply.header('cache-control', 'no-store, private').type('image/gif').send(PIXEL);
  });

  app.get<Tokened>('/c/:token', ROUTE, async (request, reply) => {
    const target = host.links.read('click', request.params.token);
    if (target?.url === undefined) throw unknownLink();
    await tell(
      host,
      clickOf(target.message, target.url, isMachine(request) ? 'machine_opened' : 'clicked', host.now()),
    );
    return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(target.url, 302);
  });

  app.get<Tokened>('/b/:token', ROUTE, async (request, reply) => {
    const target = host.links.read('browser', request.params.token);
    const mail = target === null ? undefined : (await host.store.mails({ id: target.message, limit: 1 }))[0];
    if (mail === undefined) throw unknownLink();
    const { html, text } = mail.content;
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

/** The same answer for a forged link and for a message that is gone. */
function unknownLink(): TropaError {
  return new TropaError('E_NOT_FOUND', 'This link is incomplete, or has ended.');
}

/** True for requests that no human made: HEAD, and fetching ahead (`Sec-Purpose`, and its older names). */
function isMachine(request: FastifyRequest): boolean {
  if (request.method === 'HEAD') return true;
  const said = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => String(request.headers[name] ?? ''));
  return said.some((value) => /prefetch|prerender|preview/i.test(value));
}

/** Two requests for one link within a second are one click: impatience, or a browser that tries again. */
function clickOf(message: string, url: string, kind: ReceiptKind, at: number): Receipt {
  if (kind !== 'clicked') return { message, kind, at };
  return { message, kind, at, id: mint('click', url, Math.floor(at / 1000)), value: url };
}

/** Hands a receipt in. The reader gets the picture or the shop even when it cannot be kept: theirs matters more. */
async function tell(host: HttpHost, receipt: Receipt): Promise<void> {
  try {
    await host.receipts([receipt]);
  } catch (error) {
    host.logger.warn({ kind: receipt.kind, fault: placeOf(error) }, 'a receipt could not be kept');
  }
}
