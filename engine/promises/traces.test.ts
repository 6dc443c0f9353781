// Traces of a real Tropa at a real collector: what it tells over OTLP, and how spans of several processes hang together.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { startTropa, type Tropa } from '../testing/server.ts';

/** A span as OTLP's JSON has it (opentelemetry-proto, trace.proto; ids in hex by the JSON mapping). */
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  readonly status: { readonly code?: number };
}

interface Collector {
  readonly url: string;
  readonly spans: OtlpSpan[];
  readonly paths: Set<string>;
  readonly bodies: string[];
  close(): Promise<void>;
}

async function startCollector(): Promise<Collector> {
  const [spans, paths, bodies]: [OtlpSpan[], Set<string>, string[]] = [[], new Set(), []];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      paths.add(`${request.method} ${request.url} ${request.headers['content-type']}`);
      bodies.push(body);
      const told = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
      spans.push(...told.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    paths,
    bodies,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'tropa.yaml': 'timezone: UTC\nconsent: { email: opt_out }\nsources: { shop: { type: segment, write_key: key } }\n',
  'hello/journey.yaml':
    'journey: hello\nstatus: live\ntrigger: { event: go }\nsteps:\n  - wait: 15s\n  - email: hello\n',
  'hello/hello.email.html': 'subject: Hello {{ profile.email }}\n---\n<p>Hello</p>\n',
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** One person's way from the event to the receipt; the server has ended, and told everything. */
async function lived(env: Readonly<Record<string, string>>): Promise<Tropa> {
  const tropa = await startTropa({ clock: NOON, workspace: WORKSPACE, env });
  closing.push(() => tropa.close());
  await tropa.track('anna', 'go', { who: 'anna@canary.example' }, { context: { traits: { email: 'anna@x.example' } } });
  await tropa.drain();
  await tropa.advance('1m');
  expect(await tropa.inbox()).toMatchObject([{ status: 'delivered' }]);
  await tropa.signal('SIGTERM');
  return tropa;
}

const told = (span: OtlpSpan, key: string): string | undefined =>
  span.attributes.find((one) => one.key === key)?.value.stringValue;

test('event, decision, rendering, hand-over and receipt are one trace, linked to the arrival', async () => {
  const collector = await startCollector();
  closing.push(collector.close);
  await lived({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` });
  expect([...collector.paths]).toEqual(['POST /v1/traces application/json']);
  const one = (name: string): OtlpSpan => {
    const found = collector.spans.filter((span) => span.name === name);
    expect([name, found.length]).toEqual([name, 1]);
    return found[0]!;
  };
  const [entered, decided] = [one('journey entered'), one('message decided')];
  const [arrival] = entered.links ?? [];
  const accepted = collector.spans.filter(({ name }) => name === 'event accepted');
  expect(accepted).toContainEqual(
    expect.objectContaining({ traceId: arrival?.traceId, spanId: arrival?.spanId, attributes: expect.anything() }),
  );
  expect(decided).toMatchObject({ traceId: entered.traceId, parentSpanId: entered.spanId });
  // Decided when the wait was over, not when the event came.
  expect(Number(decided.startTimeUnixNano) - Number(entered.startTimeUnixNano)).toBe(15_000_000_000);
  const receipt = collector.spans.find((span) => told(span, 'tropa.receipt') === 'delivered')!;
  for (const span of [one('render'), one('hand over'), receipt])
    expect(span).toMatchObject({ traceId: entered.traceId, parentSpanId: decided.spanId });
  expect(told(one('hand over'), 'tropa.outcome')).toBe('accepted');
  for (const { startTimeUnixNano, endTimeUnixNano } of collector.spans)
    expect(Number(endTimeUnixNano)).toBeGreaterThanOrEqual(Number(startTimeUnixNano));
  expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(collector.spans.length);
}, 60_000);

test('P30 no span names a person, an address or what a shop typed', async () => {
  const collector = await startCollector();
  closing.push(collector.close);
  await lived({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  expect(collector.bodies.length).toBeGreaterThan(0);
  for (const body of collector.bodies) expect(body).not.toMatch(/anna|example|Hello/);
}, 60_000);

test('a collector that is away costs a warning and no message', async () => {
  const tropa = await lived({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', LOG_LEVEL: 'warn' });
  expect(tropa.output.match(/the collector takes no traces/g)).toHaveLength(1);
}, 60_000);
