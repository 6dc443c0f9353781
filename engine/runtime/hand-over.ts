// Handing over: renders what began to leave, passes the fence, gives it to its channel and reports the outcome as an
// event. The fence row is the only right to send (I5); an outcome nobody confirmed is `unknown`.

import { setTimeout as later } from 'node:timers/promises';
import { devicesOf } from '../core/devices.ts';
import { mint } from '../core/ids.ts';
import type { MessageRow, OutboxItem, Person } from '../core/person.ts';
import { idOf, profileOf, textTrait, zoneOf } from '../core/profile.ts';
import { RECOVER_AFTER } from '../core/wake.ts';
import { toJson } from '../core/work.ts';
import { formatIso } from '../language/calendar.ts';
import { TropaError } from '../language/errors.ts';
import type { Channel } from '../language/template.ts';
import type { JsonObject } from '../language/values.ts';
import type { Outgoing, SendOutcome } from '../ports/channel.ts';
import type { IncomingEvent } from '../ports/store.ts';
import type { Breath } from './breath.ts';
import type { Workshop } from './definitions.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Figures } from './figures.ts';
import type { Links } from './links.ts';
import { Pump } from './pump.ts';
import { aboutMessage } from './receipts.ts';
import type { Rendered } from './render/renderer.ts';
import type { Tracing } from './tracing.ts';
import { useBy } from './use-by.ts';

/** Milliseconds between two tries of what the store could not take. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5_000;

/** RFC 5321 section 4.5.4.1: half an hour between tries, and four to five days, are the customs; a marketing mail is stale before. */
const FIRST_RETRY = 60_000;
const LONGEST_RETRY = 4 * 3_600_000;
const GIVE_UP = 3 * 86_400_000;

/** A text message of 255 links is none. */
const MOST_LINKS = 254;

/** A person as this process knows it to be stored, and up to which arrival it has read. */
export interface Standing {
  readonly person: Person;
  readonly inboxSeq: number;
}

/** Where outcomes go: applied at once where that can be, else told as any event. */
export interface Outcomes {
  apply(standing: Standing, event: IncomingEvent): Promise<boolean>;
  ingest(events: readonly IncomingEvent[]): Promise<unknown>;
}

/** A message that began to leave. */
interface Begun {
  readonly standing: Standing;
  readonly item: OutboxItem;
  readonly definitions: Workshop;
}

export class HandOver {
  readonly #parts: EngineParts;
  readonly #outcomes: Outcomes;
  /** Hand-overs of this process that have no outcome yet, by message and generation. */
  readonly #under = new Set<string>();
  readonly #pumps: Readonly<Record<Channel, Pump<Begun>>>;

  /** Whether what cannot be stored now is left to the next process. */
  readonly #figures: Figures;
  readonly #tracing: Tracing | null;
  readonly #stopping: () => boolean;

  constructor(
    parts: EngineParts,
    outcomes: Outcomes,
    {
      breath,
      figures,
      tracing,
    }: { readonly breath: Breath; readonly figures: Figures; readonly tracing: Tracing | null },
    stopping: () => boolean,
  ) {
    this.#parts = parts;
    this.#figures = figures;
    this.#tracing = tracing;
    this.#outcomes = outcomes;
    this.#stopping = stopping;
    const pump = () => new Pump<Begun>(breath, (begun) => this.#carryOut(begun));
    this.#pumps = { email: pump(), sms: pump(), push: pump() };
  }

  /** Hands over messages that have just begun. */
  take(standing: Standing, items: readonly OutboxItem[], definitions: Workshop): void {
    for (const item of items) this.#begin(standing, item, definitions);
  }

  /** Looks after messages that began in a process that is no more. */
  recover(standing: Standing, definitions: Workshop, now: number): void {
    const alone = this.#parts.workers === undefined;
    for (const item of standing.person.outbox) {
      if (item.status !== 'begun' || this.#under.has(keyOf(item))) continue;
      if (alone || (item.begunAt ?? now) + RECOVER_AFTER <= now) this.#begin(standing, item, definitions);
    }
  }

  /**
   * Resolves when what has begun has mostly left: what is decided later has heard more (P04). A provider that hangs holds
   * nobody up for longer than a moment.
   */
  async room(): Promise<void> {
    for (let tries = 0; tries < 25 && Object.values(this.#pumps).some((pump) => pump.isCrowded); tries += 1)
      await later(10);
  }

  /** Resolves when nothing is being handed over. */
  async idle(): Promise<void> {
    await Promise.all(Object.values(this.#pumps).map((pump) => pump.idle()));
  }

  /** A message as it was rendered when it left, with the templates of now; null where it cannot be. */
  async again(person: Person, item: OutboxItem, definitions: Workshop): Promise<Rendered | null> {
    const rendered = await this.#render(person, item, definitions, urlsOf(this.#parts.links, item.id));
    return typeof rendered === 'string' ? null : rendered;
  }

  #begin(standing: Standing, item: OutboxItem, definitions: Workshop): void {
    const key = keyOf(item);
    if (this.#under.has(key)) return;
    this.#under.add(key);
    const { transactional } = definitions.category(item.journey, item.template, item.channel);
    this.#pumps[item.channel].add({ standing, item, definitions }, transactional);
  }

  async #carryOut({ standing, item, definitions }: Begun): Promise<void> {
    try {
      await this.#handOver(standing, item, definitions);
    } catch (error) {
      this.#parts.logger.error({ err: error, message: item.id }, 'a hand-over failed; it is looked after later');
    } finally {
      this.#under.delete(keyOf(item));
    }
  }

  async #handOver(standing: Standing, item: OutboxItem, definitions: Workshop): Promise<void> {
    const { person } = standing;
    const { store, channels, clock, failpoint } = this.#parts;
    const urls = urlsOf(this.#parts.links, item.id);
    const short = item.channel === 'sms' ? new ShortLinks(this.#parts.links, item.id) : null;
    const began = clock.now();
    const rendered = await this.#render(person, item, definitions, urls, short);
    this.#tracing?.rendered(item, began, clock.now(), typeof rendered === 'string');
    const row = rowOf(person, item, definitions, typeof rendered === 'string' ? null : rendered.hash, clock.now());
    failpoint?.('hand-over:before-fence', [item.id]);
    const links = short === null || short.targets.length === 0 ? {} : { links: short.targets };
    const [mine] = await this.#insist(() => store.fence([{ ...row, ...links }]));
    if (mine !== true) {
      // Somebody began this before and told no outcome: nobody knows whether it left (I5).
      await this.#report(standing, item, {
        result: 'unknown',
        why: 'the process that handed it over ended before it had an answer',
      });
      return;
    }
    if (typeof rendered === 'string') {
      await this.#report(standing, item, { result: 'refused', why: { kind: 'content', detail: rendered } });
      return;
    }
    failpoint?.('hand-over:before-send', [item.id]);
    const left = clock.now();
    const [outcome] = await channels[item.channel].send([
      outgoing(person, item, definitions, rendered, urls, clock.now()),
    ]);
    this.#tracing?.handedOver(item, outcome?.result ?? 'unknown', left, clock.now());
    failpoint?.('hand-over:before-outcome', [item.id]);
    await this.#report(standing, item, outcome ?? { result: 'unknown', why: 'the channel gave no answer' });
  }

  /** The rendered message, or why there is none. */
  async #render(
    person: Person,
    item: OutboxItem,
    definitions: Workshop,
    urls: Outgoing['urls'],
    short: ShortLinks | null = null,
  ): Promise<Rendered | string> {
    const locale = textTrait(person, 'locale') ?? definitions.settings.locale;
    const found = definitions.template(item.journey, item.template, item.channel, locale);
    if (found === undefined) return `no template "${item.template}" for ${item.channel} in journey "${item.journey}"`;
    try {
      const rendered = await this.#parts.renderer.render({
        template: found.html,
        ...(found.text && { textPart: found.text }),
        ...(item.subject !== null && { subject: item.subject }),
        ...this.#request(person, item, definitions, urls),
        ...(short !== null && { links: (url: string) => short.of(url) }),
        locale: found.html.locale ?? locale,
      });
      this.#tellFaults(item, rendered);
      return rendered;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #tellFaults(item: OutboxItem, { faults }: Rendered): void {
    if (faults.length === 0) return;
    const { journey, template } = item;
    this.#parts.logger.warn(
      { journey, template, faults: faults.slice(0, 10) },
      'a template asks for what is not there',
    );
  }

  /** Everything of a render that does not depend on which template was chosen. */
  #request(person: Person, item: OutboxItem, { settings }: Workshop, urls: Outgoing['urls']) {
    const { links, clock } = this.#parts;
    const enrollment = person.enrollments.find((one) => one.id === item.enrollment);
    const trigger = enrollment?.trigger ?? { data: item.sample ?? {}, at: clock.now(), name: null };
    return {
      context: {
        profile: toJson(profileOf(person, settings), formatIso) as JsonObject,
        trigger: { ...trigger.data, at: formatIso(trigger.at), name: trigger.name },
        vars: { ...enrollment?.memory.vars, ...item.with },
        brand: { ...settings.brand },
        now: clock.now(),
        message: { url: { ...urls, confirm: links.confirm(item.id) } },
      },
      zone: zoneOf(person, settings),
      currency: settings.currency,
      links: (url: string) => links.click(item.id, url),
      pixel: links.open(item.id),
    };
  }

  async #report(standing: Standing, item: OutboxItem, outcome: SendOutcome): Promise<void> {
    const { clock } = this.#parts;
    const now = clock.now();
    const { name, data } = told(lasting(outcome, item, now));
    this.#figures.count('tropa_sends_total', { channel: item.channel, outcome: outcome.result });
    const event: IncomingEvent = {
      id: mint('outcome', item.id, item.generation, name),
      source: 'tropa',
      name,
      at: now,
      received: now,
      who: [],
      person: standing.person.id,
      data: { ...aboutMessage(item), ...data },
    };
    // Whoever tells of delivery may do so before this is stored: both then walk one road, in the same order on every store (P13).
    const tells = this.#parts.tellsDelivery(item.channel);
    if (!tells && (await this.#outcomes.apply(standing, event))) return;
    await this.#insist(() => this.#outcomes.ingest([event]));
  }

  /** Again and again while the store cannot take more (a full disk): what is known by then is not given up for `unknown`. */
  async #insist<Result>(step: () => Promise<Result>): Promise<Result> {
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        return await step();
      } catch (error) {
        if (this.#stopping() || !(error instanceof TropaError) || error.code !== 'E_UNAVAILABLE') throw error;
      }
      await later(wait, undefined, { ref: false });
    }
  }
}

/** The links of one text message: each address once, by its place. */
class ShortLinks {
  readonly targets: string[] = [];
  readonly #links: Links;
  readonly #message: string;

  constructor(links: Links, message: string) {
    this.#links = links;
    this.#message = message;
  }

  of(url: string): string {
    const known = this.targets.indexOf(url);
    if (known >= 0) return this.#links.short(this.#message, known);
    if (this.targets.length > MOST_LINKS) return url;
    this.targets.push(url);
    return this.#links.short(this.#message, this.targets.length - 1);
  }
}

function urlsOf(links: Links, message: string): Outgoing['urls'] {
  const unsubscribe = links.unsubscribe(message);
  return { unsubscribe, preferences: links.preferences(message), browser: links.browser(message) };
}

function keyOf(item: OutboxItem): string {
  return `${item.id}.${item.generation}`;
}

/** A try that was surely not taken is made again later and later, and not for ever. */
function lasting(outcome: SendOutcome, item: OutboxItem, now: number): Exclude<SendOutcome, { result: 'halted' }> {
  if (outcome.result === 'halted') return { result: 'retry', after: FIRST_RETRY, why: outcome.why };
  if (outcome.result !== 'retry') return outcome;
  if (now - item.decidedAt > GIVE_UP)
    return { result: 'refused', why: { kind: 'provider', detail: `given up after three days: ${outcome.why}` } };
  // A provider that is away is the breaker's affair; what a recipient's server puts off is ours.
  const after = outcome.down === true ? outcome.after : outcome.after * 2 ** Math.max(0, item.attempts - 1);
  return { ...outcome, after: Math.min(after, LONGEST_RETRY) };
}

function told(outcome: Exclude<SendOutcome, { result: 'halted' }>): { name: string; data: JsonObject } {
  switch (outcome.result) {
    case 'accepted':
      return { name: 'message.sent', data: { provider_id: outcome.providerId, ...lost(outcome) } };
    case 'refused':
      return {
        name: 'message.failed',
        data: { reason: `${outcome.why.kind}: ${outcome.why.detail}`, ...lost(outcome) },
      };
    case 'retry':
      return { name: 'message.retry', data: { after: outcome.after, reason: outcome.why } };
    case 'unknown':
      return { name: 'message.unknown', data: { reason: outcome.why } };
  }
}

/** Devices that are no more: the fold takes them off the person. */
function lost({ gone }: { readonly gone?: readonly string[] }): JsonObject {
  return gone === undefined || gone.length === 0 ? {} : { gone: [...gone] };
}

function rowOf(
  person: Person,
  item: OutboxItem,
  definitions: Workshop,
  contentHash: string | null,
  now: number,
): MessageRow {
  return {
    id: item.id,
    person: person.id,
    enrollment: item.enrollment,
    journey: item.journey,
    version: item.version,
    step: item.step,
    visit: item.visit,
    channel: item.channel,
    template: item.template,
    category: definitions.category(item.journey, item.template, item.channel).id,
    holdout: false,
    to: item.to,
    status: 'sending',
    reason: null,
    at: item.decidedAt,
    times: { sending: now },
    proof: item.proof,
    contentHash,
    providerId: null,
    generation: item.generation,
  };
}

function outgoing(
  person: Person,
  item: OutboxItem,
  definitions: Workshop,
  rendered: Rendered,
  urls: Outgoing['urls'],
  at: number,
): Outgoing {
  const category = definitions.category(item.journey, item.template, item.channel);
  return {
    id: item.id,
    person: idOf(person),
    channel: item.channel,
    to: item.to ?? '',
    journey: item.journey,
    step: item.step,
    template: item.template,
    locale: rendered.locale,
    category: category.id,
    transactional: category.transactional,
    expires: useBy(item, definitions.version(item.version), at),
    devices: item.channel === 'push' ? devicesOf(person) : [],
    headers: rendered.headers,
    actions: rendered.actions,
    html: rendered.html,
    text: rendered.text,
    urls,
    at,
    attempt: item.attempts,
  };
}
