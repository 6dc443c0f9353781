// From a verified request to durable events: translate, judge, store, count. Segment's calls and webhooks share it.

import type { FastifyRequest } from 'fastify';
import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { PrivacyRequest, RawRequest, Refused, Translation } from '../ports/source.ts';
import type { IngestReceipt } from '../ports/store.ts';
import { type Admission, admit } from '../runtime/door.ts';
import type { HttpHost } from './host.ts';
import type { Metrics } from './metrics.ts';
import { placeOf } from './problem.ts';

/** What was refused is kept for a look; not more of it than this for one request, nor longer bodies. */
const KEPT_REFUSALS = 100;
const KEPT_LENGTH = 32 * 1024;

export interface Taken {
  readonly accepted: number;
  readonly refused: readonly Refused[];
  readonly receipts: readonly IngestReceipt[];
}

/** The request as sources read it; `path` is the one they are told in `:path`. */
export function rawRequest(host: HttpHost, request: FastifyRequest): RawRequest {
  const headers: Record<string, string | undefined> = { ':path': request.url };
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith(':')) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  return { headers, body, received: host.now(), ip: request.ip };
}

/** Takes what is good; durable on return. Throws TropaError `E_BAD_REQUEST`, `E_TOO_LARGE` or `E_UNAVAILABLE`. */
export async function takeIn(
  host: HttpHost,
  metrics: Metrics,
  source: Source,
  raw: RawRequest,
  prepare: (admission: Admission) => Promise<Admission> = (admission) => Promise.resolve(admission),
): Promise<Taken> {
  const translation = await translated(host, metrics, source, raw);
  const admission = await prepare(admit(translation, source.name, raw.received));
  const receipts = admission.events.length === 0 ? [] : await host.ingest(admission.events);
  await carryOut(host, metrics, source, translation.privacy ?? []);
  for (const { outcome } of receipts) metrics.count('tropa_events_total', { source: source.name, outcome });
  for (const { code } of admission.refused) metrics.count('tropa_refused_total', { source: source.name, code });
  metrics.count('tropa_identities_refused_total', { source: source.name }, admission.ignored);
  await keepRefused(host, source, raw, admission.refused);
  return { accepted: admission.accepted, refused: admission.refused, receipts };
}

/** Hands on what somebody asks of their own data. Throws TropaError `E_UNAVAILABLE` where nobody carries it out. */
async function carryOut(
  host: HttpHost,
  metrics: Metrics,
  source: Source,
  requests: readonly PrivacyRequest[],
): Promise<void> {
  if (requests.length === 0) return;
  if (host.privacy === undefined)
    throw new TropaError('E_UNAVAILABLE', 'Requests about personal data cannot be carried out here.');
  await host.privacy(source, requests);
  for (const { kind } of requests) metrics.count('tropa_privacy_requests_total', { source: source.name, kind });
}

/** A body that cannot be read at all is refused as a whole, and kept like any other refusal. */
async function translated(host: HttpHost, metrics: Metrics, source: Source, raw: RawRequest): Promise<Translation> {
  try {
    return host.door(source).translate(raw);
  } catch (error) {
    if (error instanceof TropaError) {
      metrics.count('tropa_refused_total', { source: source.name, code: error.code });
      await keepRefused(host, source, raw, [{ index: 0, code: error.code, detail: error.message }]);
    }
    throw error;
  }
}

/** Keeps refused bodies for a look. The answer does not depend on it: what is stored is stored. */
async function keepRefused(
  host: HttpHost,
  source: Source,
  raw: RawRequest,
  refused: readonly Refused[],
): Promise<void> {
  if (refused.length === 0) return;
  const bodyOf = itemsOf(raw.body);
  try {
    for (const { index, code, detail } of refused.slice(0, KEPT_REFUSALS)) {
      await host.store.keepRefused({
        at: raw.received,
        source: source.name,
        code,
        detail,
        body: bodyOf(index).slice(0, KEPT_LENGTH),
      });
    }
  } catch (error) {
    host.logger.warn({ source: source.name, fault: placeOf(error) }, 'refused bodies could not be kept');
  }
}

/** Finds the text of one item of a batch, or the whole body where it is no batch. */
function itemsOf(body: Uint8Array): (index: number) => string {
  const text = Buffer.from(body).toString('utf8');
  try {
    const body = JSON.parse(text) as { batch?: unknown } | null;
    const batch = Array.isArray(body) ? body : body?.batch;
    if (Array.isArray(batch)) return (index) => JSON.stringify(batch[index]) ?? '';
  } catch {
    // Not a batch, then.
  }
  return () => text;
}
