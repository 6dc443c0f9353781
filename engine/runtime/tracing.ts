// What is told of a message on its way from event to receipt. An arrival is a trace of its own, by the event's id; all that
// an enrollment does is one trace by the enrollment's id, which the ledger keeps with every message: so the process that
// hears of a receipt days later joins it, and nothing more is stored for it. The first span of that one links to the arrival.

import { mint } from '../core/ids.ts';
import type { Enrollment, MessageRow, OutboxItem, Person } from '../core/person.ts';
import type { Instant } from '../language/values.ts';
import type { Receipt, SendOutcome } from '../ports/channel.ts';
import type { IncomingEvent, IngestReceipt, StoredEvent } from '../ports/store.ts';
import type { Span, SpanPlace, Traces } from '../ports/traces.ts';

const spanId = (...parts: readonly (string | number)[]): string => mint('span', ...parts).slice(0, 16);

const arrivalOf = (event: string): SpanPlace => ({
  trace: mint('trace', 'event', event),
  span: spanId('event', event),
});

const entryOf = (enrollment: string): SpanPlace => ({
  trace: mint('trace', 'enrollment', enrollment),
  span: spanId('enrollment', enrollment),
});

type Sent = Pick<MessageRow, 'id' | 'enrollment' | 'journey' | 'step' | 'template' | 'channel' | 'generation'>;

const decisionOf = ({ id, generation }: Pick<Sent, 'id' | 'generation'>): string => spanId('message', id, generation);

/** Ids of ours and words of the journey's author; nothing that somebody typed. */
function aboutMessage({ id, enrollment, journey, step, template, channel }: Sent): Span['attributes'] {
  return {
    'tropa.message': id,
    'tropa.enrollment': enrollment,
    'tropa.journey': journey,
    'tropa.step': step,
    'tropa.template': template,
    'tropa.channel': channel,
  };
}

export class Tracing {
  readonly #traces: Traces;

  constructor(traces: Traces) {
    this.#traces = traces;
  }

  /** Events were made durable, from when each was received. The engine's own are told by what made them. */
  accepted(events: readonly IncomingEvent[], receipts: readonly IngestReceipt[], now: Instant): void {
    for (const [n, { id, received, source, urgent }] of events.entries()) {
      if (source === 'tropa' || receipts[n]?.outcome !== 'stored') continue;
      this.#traces.tell({
        ...arrivalOf(id),
        parent: null,
        name: 'event accepted',
        start: received,
        end: Math.max(received, now),
        attributes: { 'tropa.event': id, 'tropa.source': source, 'tropa.urgent': urgent === true },
      });
    }
  }

  /** A person was decided and stored: who entered by these events, and what began to leave. */
  decided(person: Person, events: readonly StoredEvent[], begun: readonly OutboxItem[], now: Instant): void {
    const received = new Map(events.map((event) => [event.id, event.received]));
    for (const enrollment of person.enrollments) {
      const since = received.get(enrollment.startedBy);
      if (since !== undefined) this.#entered(enrollment, since, now);
    }
    for (const item of begun) {
      const { trace, span } = entryOf(item.enrollment);
      const end = Math.max(item.decidedAt, now);
      const attributes = { ...aboutMessage(item), 'tropa.attempt': item.attempts };
      this.#traces.tell({
        ...{ trace, span: decisionOf(item), parent: span },
        ...{ name: 'message decided', start: item.decidedAt, end, attributes },
      });
    }
  }

  #entered({ id, journey, version, startedBy }: Enrollment, since: Instant, now: Instant): void {
    this.#traces.tell({
      ...entryOf(id),
      parent: null,
      follows: arrivalOf(startedBy),
      name: 'journey entered',
      start: since,
      end: Math.max(since, now),
      attributes: {
        'tropa.enrollment': id,
        'tropa.journey': journey,
        'tropa.version': version,
        'tropa.event': startedBy,
      },
    });
  }

  /** A message was rendered, or could not be. */
  rendered(item: OutboxItem, start: Instant, end: Instant, failed: boolean): void {
    this.#step(item, 'render', { start, end, failed });
  }

  /** A channel took a message, or did not: without the words a provider found for it. */
  handedOver(item: OutboxItem, outcome: SendOutcome['result'], start: Instant, end: Instant): void {
    const failed = outcome !== 'accepted';
    this.#step(item, 'hand over', { start, end, failed, attributes: { 'tropa.outcome': outcome } });
  }

  /** Something came back about messages. */
  came(receipts: readonly Receipt[], rows: ReadonlyMap<string, MessageRow>, now: Instant): void {
    for (const { message, kind, id, at } of receipts) {
      const row = rows.get(message);
      if (row === undefined) continue;
      const failed = kind === 'bounced' || kind === 'complained';
      const place = { start: Math.min(at, now), end: now, key: `${kind} ${id ?? ''}` };
      this.#step(row, 'receipt', { ...place, failed, attributes: { 'tropa.receipt': kind } });
    }
  }

  #step(
    sent: Sent & { readonly attempts?: number },
    name: string,
    {
      start,
      end,
      failed,
      key = '',
      attributes = {},
    }: Pick<Span, 'start' | 'end'> & {
      readonly failed: boolean;
      readonly key?: string;
      readonly attributes?: Span['attributes'];
    },
  ): void {
    this.#traces.tell({
      trace: entryOf(sent.enrollment).trace,
      span: spanId(name, sent.id, sent.generation, sent.attempts ?? 0, key),
      parent: decisionOf(sent),
      name,
      start,
      end: Math.max(start, end),
      attributes: { ...aboutMessage(sent), ...attributes },
      failed,
    });
  }
}
