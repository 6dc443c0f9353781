// Spans to a collector of OpenTelemetry by OTLP over HTTP. Loaded only where an endpoint is set. Spans are made here with
// the ids they are told, not by a tracer, which would draw its own; batching, limits and the wire are the SDK's.

import { type HrTime, type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import type { Instant } from '../language/values.ts';
import type { Span, SpanPlace, Traces } from '../ports/traces.ts';

/** Spans that wait at most, all processes' own; beyond it they are dropped. */
const MOST_WAITING = 8_192;
const EVERY = 1_000;
/** Milliseconds a collector may take for one batch: a slow one must not hold up a stop. */
const PATIENCE = 3_000;

export interface OtlpOptions {
  /** The base address, as OTEL_EXPORTER_OTLP_ENDPOINT has it: `/v1/traces` is added. */
  readonly endpoint: string;
  readonly logger: Pick<Logger, 'warn'>;
}

export function createOtlpTraces({ endpoint, logger }: OtlpOptions): Traces {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = watched(new OTLPTraceExporter({ url, timeoutMillis: PATIENCE }), logger);
  const limits = { maxQueueSize: MOST_WAITING, scheduledDelayMillis: EVERY, exportTimeoutMillis: PATIENCE };
  const batches = new BatchSpanProcessor(exporter, limits);
  const resource = resourceFromAttributes({ 'service.name': 'tropa', 'process.pid': process.pid });
  return {
    tell: (span) => batches.onEnd(readable(span, resource)),
    close: () => batches.shutdown().catch(() => undefined),
  };
}

/** Says once that nobody takes the spans, and once that somebody does again. */
function watched(exporter: SpanExporter, logger: OtlpOptions['logger']): SpanExporter {
  let away = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const fails = result.code !== 0;
        if (fails !== away)
          logger.warn(fails ? 'the collector takes no traces; they are dropped' : 'the collector takes traces again');
        away = fails;
        // What was dropped is told above: the SDK need not throw it at anybody.
        done({ code: 0 });
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

const time = (at: Instant): HrTime => [Math.trunc(at / 1_000), Math.round(at % 1_000) * 1_000_000];

const context = ({ trace, span }: SpanPlace): SpanContext => ({
  traceId: trace,
  spanId: span,
  traceFlags: TraceFlags.SAMPLED,
});

function readable(told: Span, resource: ReadableSpan['resource']): ReadableSpan {
  const { trace, parent, follows, name, start, end, attributes, failed = false } = told;
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => context(told),
    ...(parent !== null && { parentSpanContext: context({ trace, span: parent }) }),
    startTime: time(start),
    endTime: time(end),
    duration: time(end - start),
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes,
    links: follows === undefined ? [] : [{ context: context(follows) }],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'tropa' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
