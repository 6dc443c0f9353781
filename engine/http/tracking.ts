// `/o /c /s /b`: what readers' mail programs and browsers ask for. A token that we did not sign for exactly this opens
// nothing and leads nowhere (P24); who asks as a machine is never counted as a human.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import { type Hit, Hits } from './hits.ts';
import type { HttpHost } from './host.ts';
import { PICTURES } from './html.ts';

/** A transparent picture of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
type Tokened = { Params: { token: string } };
const ROUTE = { config: { access: 'proven' as const } };
/** The message may show pictures and open links, and runs nothing; `sandbox` gives it an origin of its own. */
const MESSAGE_POLICY = `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ${PICTURES}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function serveTracking(app: FastifyInstance, host: HttpHost): void {
  const hits = new Hits(host);
  /** Nobody asks again for a picture or a way to the shop, so where the host can look after it nobody waits. */
  const tell = async ({ method, headers }: FastifyRequest, hit: Pick<Hit, 'kind' | 'message' | 'url'>) => {
    const kept = hits.take({ ...hit, method, headers });
    if (host.behind === undefined) await kept;
    else host.behind(kept);
  };
  app.get<Tokened>('/o/:token', ROUTE, async (request, reply) => {
    const target = host.links.read('open', request.params.token);
    if (target === null) throw unknownLink();
    await tell(request, { kind: 'open', message: target.message, url: null });
    return reply.header('cache-control', 'no-store, private').type('image/gif').send(PIXEL);
  });

  app.get<Tokened>('/c/:token', ROUTE, async (request, reply) => {
    const target = host.links.read('click', request.params.token);
    if (target?.url === undefined) throw unknownLink();
    await tell(request, { kind: 'click', message: target.message, url: target.url });
    return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(target.url, 302);
  });

  app.get<Tokened>('/s/:token', ROUTE, async (request, reply) => {
    const target = host.links.read('short', request.params.token);
    const row = target === null ? null : await host.store.message(target.message);
    const url = row?.links?.[target?.n ?? 0];
    if (row === null || url === undefined) throw unknownLink();
    await tell(request, { kind: 'click', message: row.id, url });
    return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(url, 302);
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
