// Email over SMTP: each message becomes a mail, goes over one of a few connections, and its outcome says who acts next.

import type { Channel, Checked, JsonObject, Outgoing, ProviderHost, SendOutcome } from '../../engine/ports/channel.ts';
import { Connections, type Patience, SmtpFailure } from './connections.ts';
import { mailOf, Unmailable } from './mail.ts';
import { domainOf } from './mailbox.ts';
import { outcomeOf } from './outcome.ts';
import { createPace, Lanes } from './pace.ts';
import { checkRecords, type Resolve } from './records.ts';
import { readSmtpSettings } from './settings.ts';

export interface SmtpOptions {
  readonly name: string;
  readonly options: JsonObject;
  readonly patience?: Patience;
  /** Answers DNS questions; the system's resolver unless told. */
  readonly resolve?: Resolve;
}

/** A sender with `provider: smtp`. Throws TropaError `E_SETTINGS`. */
export function createSmtp(
  { name, options, patience, resolve }: SmtpOptions,
  host: Pick<ProviderHost, 'brand' | 'addresses'>,
): Channel {
  const settings = readSmtpSettings(name, options);
  const connections = new Connections(settings, patience);
  const pace = createPace(settings.perSecond);
  const lanes = new Lanes(settings.perDomain);
  const underway = new Set<Promise<unknown>>();
  let closed = false;
  const rules = { ...settings, brand: host.brand, addresses: host.addresses };

  async function sendOne(message: Outgoing): Promise<SendOutcome> {
    try {
      const mail = await mailOf(message, rules);
      const said = await lanes.in(domainOf(mail.to), async () => {
        await pace();
        return await connections.send(mail);
      });
      return { result: 'accepted', providerId: queueId(said) ?? message.id };
    } catch (error) {
      if (error instanceof Unmailable) return { result: 'refused', why: { kind: error.kind, detail: error.message } };
      if (error instanceof SmtpFailure) return outcomeOf(error.failure);
      // Nothing was opened yet that could have taken it: only making the mail can fail otherwise.
      return { result: 'refused', why: { kind: 'content', detail: 'no mail could be made of it' } };
    }
  }

  async function check(): Promise<Checked[]> {
    const login = await connections.probe().then(
      (): Checked => ({ what: 'login', ok: true, say: `${settings.host} takes the login` }),
      (error: unknown): Checked => ({ what: 'login', ok: false, say: whyNot(error) }),
    );
    const from = settings.from;
    if (from === null) return [login];
    return [login, ...(await checkRecords(domainOf(from.address), settings.dkim, resolve))];
  }

  return {
    provider: settings.service ?? 'smtp',
    // Without callbacks nothing is heard of a mail but its return.
    tellsDelivery: settings.service !== null && typeof options.webhook_key === 'string',
    async send(messages) {
      if (closed) return messages.map(() => ({ result: 'retry', after: 1_000, why: 'this sender is closed' }));
      const work = Promise.all(messages.map(sendOne));
      underway.add(work);
      return await work.finally(() => underway.delete(work));
    },
    check,
    async close() {
      closed = true;
      await Promise.all(underway);
      // Whoever waits for an outcome has it before this ends.
      await new Promise(setImmediate);
      connections.close();
    },
  };
}

/** The id under which the server queued it, as most servers say it: `250 2.0.0 Ok: queued as 4Zk3…`. */
function queueId(said: string): string | null {
  return (
    /queued as ([\w.-]{1,100})/i.exec(said)?.[1] ??
    /^250 [\d.]* ?(?:ok:?|accepted)? ?<?([\w.@+=-]{6,100})>?$/i.exec(said)?.[1] ??
    null
  );
}

function whyNot(error: unknown): string {
  const outcome = error instanceof SmtpFailure ? outcomeOf(error.failure) : null;
  return outcome === null || outcome.result === 'accepted' || outcome.result === 'refused'
    ? 'the server cannot be used'
    : outcome.why;
}
