// A mail as a page of its own, for a frame that can reach nothing (P27).

import type { FastifyReply } from 'fastify';
import { PICTURES } from '../html.ts';

/** Runs nothing, and its origin is none: not even this page can reach into it. */
const FRAME_POLICY = `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ${PICTURES}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;

/** Links open in a tab of their own. */
export function framed(markup: string): string {
  return /<head[^>]*>/i.test(markup)
    ? markup.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`)
    : `<base target="_blank">${markup}`;
}

/** A mail in a frame of its own. */
export function sendFrame(reply: FastifyReply, markup: string): FastifyReply {
  return reply
    .header('content-security-policy', FRAME_POLICY)
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8')
    .send(markup);
}
