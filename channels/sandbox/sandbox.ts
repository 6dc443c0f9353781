// The sandbox: stands for all three channels. Keeps every message, plays the provider, and misbehaves when its recipient
// asks for it (`recipients.ts`). Nothing leaves the machine.

import type {
  Channel,
  ChannelHost,
  ChannelName,
  Outgoing,
  SandboxMail,
  SendOutcome,
} from '../../engine/ports/channel.ts';
import { type Callbacks, createCallbacks, type Pace } from './callbacks.ts';
import { createDesk, type Desk } from './desk.ts';
import { mailOf } from './mail.ts';
import { createProvider, type Provider, type Taking } from './provider.ts';

export { SLOW_MS } from './provider.ts';

export interface SandboxOptions {
  /** Lets `die-before-answer` and `die-after-taking` kill this process; without it they are answered `unknown`. Default false. */
  readonly mayDie?: boolean;
  /** When receipts leave: `soon` after the answer, by themselves (default), or `on_idle`, for virtual time. */
  readonly receipts?: Pace;
  /** Finds what an earlier process kept. Without it the desk knows the last 10,000 messages of this sandbox. */
  readonly findMail?: (message: string) => Promise<SandboxMail | null>;
  /** What a tracked link leads to, as a real click would report it; null or absent: the link itself. */
  readonly linkTarget?: (url: string) => Promise<string | null>;
}

export interface Sandbox {
  channel(name: ChannelName): Channel;
  readonly desk: Desk;
  /**
   * Resolves when every send under way has been answered and every receipt owed is durable; rejects when the engine
   * would not take them. Not to be awaited from within `ChannelHost`.
   */
  idle(): Promise<void>;
}

const REMEMBERED = 10_000;

/** One sandbox for all channels, with one desk. */
export function createSandbox(host: ChannelHost, options: SandboxOptions = {}): Sandbox {
  const memory = new Map<string, SandboxMail>();
  const callbacks = createCallbacks(host, options.receipts ?? 'soon');
  const sends = new Set<Promise<unknown>>();
  const provider = createProvider(host, {
    mayDie: options.mayDie ?? false,
    kept: async (message, at) => {
      const mail = mailOf(message, at);
      await host.keepMail(mail);
      if (options.findMail === undefined) remember(memory, mail);
    },
  });
  const desk = createDesk({
    now: () => host.now(),
    receipts: async (receipts) => {
      // What the provider owes comes first: a message is delivered before it is opened.
      await callbacks.flush();
      await host.receipts(receipts);
    },
    find: options.findMail ?? ((message) => Promise.resolve(memory.get(message) ?? null)),
    linkTarget: options.linkTarget ?? (() => Promise.resolve(null)),
  });

  return {
    channel: () => createChannel(provider, callbacks, sends),
    desk,
    idle: async () => {
      while (sends.size > 0 || callbacks.waiting() > 0) {
        await Promise.allSettled(sends);
        await callbacks.flush();
      }
    },
  };
}

function createChannel(provider: Provider, callbacks: Callbacks, sends: Set<Promise<unknown>>): Channel {
  let closed = false;
  const mine = new Set<Promise<unknown>>();
  return {
    provider: 'sandbox',
    send: (messages) => {
      if (closed) return Promise.resolve(messages.map(() => CLOSED));
      const answers = takeAll(provider, callbacks, messages);
      for (const underway of [sends, mine]) {
        underway.add(answers);
        answers.finally(() => underway.delete(answers));
      }
      return answers;
    },
    close: async () => {
      closed = true;
      await Promise.allSettled(mine);
      // A provider whose customer is down keeps its receipts; this one ends with the process, and closing must not fail.
      await callbacks.flush().catch(() => undefined);
    },
  };
}

const CLOSED: SendOutcome = { result: 'retry', after: 1_000, why: 'the sandbox is closed' };

/** Receipts are queued only once every message has its answer: none overtakes the answer of its own hand-over. */
async function takeAll(
  provider: Provider,
  callbacks: Callbacks,
  messages: readonly Outgoing[],
): Promise<SendOutcome[]> {
  const takings = await Promise.all(messages.map((message) => take(provider, message)));
  callbacks.add(takings.flatMap((taking) => taking.later));
  return takings.map((taking) => taking.outcome);
}

/** Where the message could not be kept, nobody can tell whether it was: the answer may have been lost after the deed. */
async function take(provider: Provider, message: Outgoing): Promise<Taking> {
  try {
    return await provider.take(message);
  } catch (error) {
    const why = `the message could not be kept: ${error instanceof Error ? error.name : 'error'}`;
    return { outcome: { result: 'unknown', why }, later: [] };
  }
}

function remember(memory: Map<string, SandboxMail>, mail: SandboxMail): void {
  memory.delete(mail.id);
  memory.set(mail.id, mail);
  if (memory.size <= REMEMBERED) return;
  for (const oldest of memory.keys()) {
    memory.delete(oldest);
    return;
  }
}
