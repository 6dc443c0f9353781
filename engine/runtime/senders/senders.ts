// Who takes the messages of each channel, as the settings say: one sender or several, the next only when the first surely
// did not take it. A channel without one delivers to the sandbox.

import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ChannelGate } from '../../core/definitions.ts';
import { TropaError } from '../../language/errors.ts';
import type { Sender, Settings } from '../../language/settings.ts';
import type { Channel as ChannelName } from '../../language/template.ts';
import type { Instant } from '../../language/values.ts';
import type { Channel, Checked, Outgoing, SendOutcome } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { Breaker } from './breaker.ts';
import { readPauses, type SenderPauses, writePause } from './pauses.ts';
import { Turnstile } from './turnstile.ts';

/** How long a message waits that nobody can take at this moment. */
const SOON = 1_000;

export interface SendersParts {
  /** Opens a real channel; null where the sender is the sandbox. Throws TropaError `E_SETTINGS`. */
  readonly open: (sender: Sender) => Promise<Channel | null>;
  readonly sandbox: (channel: ChannelName) => Channel;
  /** Told when a sender goes on: whatever waited for it is to be judged again. */
  readonly resumed?: () => Promise<void>;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Among how many processes a sender's rate is shared; alone unless told. */
  readonly hands?: () => number;
}

/** One sender at work. */
interface Desk {
  readonly sender: Sender;
  /** The settings it was opened with, to tell whether they changed. */
  readonly told: string;
  readonly channel: Channel;
  readonly isSandbox: boolean;
  readonly breaker: Breaker;
  readonly turnstile: Turnstile | null;
}

/** What operators see of a sender. */
export interface SenderState {
  readonly name: string;
  readonly channel: ChannelName;
  readonly provider: string;
  readonly paused: { readonly since: Instant; readonly why: string } | null;
  /** The provider is away; it is tried again then. */
  readonly downUntil: Instant | null;
}

export class Senders {
  readonly #parts: SendersParts;
  #desks: readonly Desk[] = [];
  #pauses: SenderPauses = {};
  #settings: Settings | null = null;

  constructor(parts: SendersParts) {
    this.#parts = parts;
  }

  /** The channels as hand-over knows them; they stay while the senders behind them change. */
  get channels(): Readonly<Record<ChannelName, Channel>> {
    return { email: this.#facade('email'), sms: this.#facade('sms'), push: this.#facade('push') };
  }

  /** Takes over settings and pauses as they are now. A sender whose settings changed is opened anew. */
  async adopt(settings: Settings): Promise<void> {
    this.#pauses = await readPauses(this.#parts.store);
    if (settings === this.#settings) return;
    const before = this.#desks;
    const desks: Desk[] = [];
    for (const sender of settings.senders) {
      const told = JSON.stringify(sender);
      desks.push(before.find((desk) => desk.told === told) ?? (await this.#open(sender, told)));
      await this.#liftOutdated(sender.name, told);
    }
    this.#desks = desks;
    this.#settings = settings;
    // What is under way there has its own connections, and ends on them.
    for (const desk of before) if (!desks.includes(desk)) void desk.channel.close().catch(() => undefined);
  }

  /** What its provider refused under other settings may be right under these. */
  async #liftOutdated(name: string, told: string): Promise<void> {
    const settings = this.#pauses[name]?.settings;
    if (settings !== undefined && settings !== digestOf(told)) await this.resume(name);
  }

  async #open(sender: Sender, told: string): Promise<Desk> {
    const real = await this.#parts.open(sender).catch((error: unknown) => {
      if (!(error instanceof TropaError)) throw error;
      return unusable(sender.provider, error.message);
    });
    const { rate } = sender.options;
    return {
      sender,
      told,
      channel: real ?? this.#parts.sandbox(sender.channel),
      isSandbox: real === null,
      breaker: new Breaker(),
      turnstile: typeof rate === 'string' ? new Turnstile(rate, this.#parts.hands) : null,
    };
  }

  /** What keeps a message of this channel from leaving now, or null. Asked last, when nothing else has anything against it. */
  gate(channel: ChannelName, message: string, now: Instant, urgent: boolean): ChannelGate | null {
    const all = this.#of(channel);
    const able = all.filter(({ sender }) => this.#pauses[sender.name] === undefined);
    if (all.length === 0) return null;
    if (able.length === 0) return { until: null, reason: 'sender_paused' };
    const downs = able.map(({ breaker }) => breaker.openUntil(now));
    if (downs.every((until) => until !== null)) return { until: Math.min(...downs), reason: 'provider_down' };
    const [first] = able.filter((_, n) => downs[n] === null);
    const turn = first?.turnstile?.turnOf(message, now, urgent) ?? now;
    return turn > now ? { until: turn, reason: 'throttled' } : null;
  }

  /** Whether a channel says what became of a message beyond having taken it. */
  tellsDelivery(channel: ChannelName): boolean {
    return this.#of(channel).every(({ channel: one }) => one.tellsDelivery !== false);
  }

  states(): SenderState[] {
    const now = this.#parts.clock.now();
    return this.#desks.map(({ sender, breaker }) => ({
      name: sender.name,
      channel: sender.channel,
      provider: sender.provider,
      paused: this.#pauses[sender.name] ?? null,
      downUntil: breaker.openUntil(now),
    }));
  }

  async pause(name: string, why: string): Promise<void> {
    this.#pauses = await writePause(this.#parts.store, name, { since: this.#parts.clock.now(), why });
  }

  /** Its provider takes nothing of it: paused until an operator resumes it, or its settings change. */
  async halt(name: string, why: string): Promise<void> {
    const desk = this.#desks.find(({ sender }) => sender.name === name);
    if (desk !== undefined) await this.#halt(desk, why);
  }

  async #halt({ sender, told, breaker }: Desk, why: string): Promise<void> {
    const { store, clock, logger } = this.#parts;
    const { name } = sender;
    breaker.passed();
    logger.error({ sender: name }, 'a sender was refused by its provider, and is paused: `tropa doctor` tells why');
    this.#pauses = await writePause(store, name, { since: clock.now(), why, settings: digestOf(told) });
  }

  async resume(name: string): Promise<void> {
    this.#pauses = await writePause(this.#parts.store, name, null);
    this.#desks.find(({ sender }) => sender.name === name)?.breaker.passed();
    await this.#parts.resumed?.();
  }

  /** Looks at every sender: login, account, keys. */
  async check(): Promise<(Checked & { readonly sender: string })[]> {
    const found = await Promise.all(
      this.#desks.map(async ({ sender, channel }) =>
        ((await channel.check?.()) ?? []).map((checked) => ({ ...checked, sender: sender.name })),
      ),
    );
    return found.flat();
  }

  async close(): Promise<void> {
    await Promise.all(this.#desks.map(({ channel }) => channel.close()));
  }

  #of(channel: ChannelName): readonly Desk[] {
    return this.#desks.filter(({ sender }) => sender.channel === channel);
  }

  #facade(name: ChannelName): Channel {
    return {
      provider: name,
      send: async (messages) => await Promise.all(messages.map((message) => this.#send(name, message))),
      close: () => Promise.resolve(),
    };
  }

  /** One message by the first sender that takes it, or says that it may have. */
  async #send(name: ChannelName, message: Outgoing): Promise<SendOutcome> {
    const desks = this.#of(name);
    if (desks.length === 0) return await sendBy(this.#parts.sandbox(name), message);
    let last: SendOutcome = { result: 'retry', after: SOON, why: 'no sender of this channel can take it now' };
    for (const desk of desks) {
      if (this.#pauses[desk.sender.name] !== undefined || !desk.breaker.admits(this.#parts.clock.now())) continue;
      last = await sendBy(desk.channel, message);
      await this.#learn(desk, last);
      if (last.result !== 'retry' && last.result !== 'halted') return last;
    }
    return last.result === 'halted' ? { result: 'retry', after: SOON, why: last.why } : last;
  }

  /** What an outcome says about its sender. */
  async #learn(desk: Desk, outcome: SendOutcome): Promise<void> {
    const { logger, clock } = this.#parts;
    const { breaker } = desk;
    const { name } = desk.sender;
    if (outcome.result === 'halted') await this.#halt(desk, outcome.why);
    else if (outcome.result === 'retry' && outcome.down === true) {
      if (breaker.failed(clock.now())) logger.warn({ sender: name }, 'a provider is away; it is tried again by itself');
    } else if (outcome.result !== 'unknown' && breaker.passed()) logger.warn({ sender: name }, 'a provider is back');
  }
}

/** A sender whose settings cannot be used: its messages wait, and `doctor` says why. */
function unusable(provider: string, why: string): Channel {
  return {
    provider,
    send: (messages) => Promise.resolve(messages.map(() => ({ result: 'halted', why }))),
    check: () => Promise.resolve([{ what: 'settings', ok: false, say: why }]),
    close: () => Promise.resolve(),
  };
}

/** Settings hold secrets: what is kept of them tells nobody any. */
const digestOf = (told: string): string => createHash('sha256').update(told).digest('hex').slice(0, 16);

async function sendBy(channel: Channel, message: Outgoing): Promise<SendOutcome> {
  try {
    const [outcome] = await channel.send([message]);
    return outcome ?? { result: 'unknown', why: 'the channel gave no answer' };
  } catch {
    return { result: 'unknown', why: 'the channel failed while it had the message' };
  }
}
