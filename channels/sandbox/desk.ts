// The desk: a human's hand on the sandbox's messages. What is done here comes back as receipts, exactly as a provider
// would report it.

import type { ChannelHost, Json, Receipt, ReceiptKind, SandboxMail } from '../../engine/ports/channel.ts';
import { TropaError } from '../../engine/ports/channel.ts';
import { firstLink } from './links.ts';

type DeskAction = 'open' | 'click' | 'reply' | 'bounce' | 'unsubscribe' | 'deliver' | 'fail';

export interface Desk {
  /**
   * Does `action` to a kept message; durable on return. `value`: the link to click (absent: the first tracked one), the
   * text of the reply, or the reason of a bounce or failure. Clicks and replies count each time, the others once.
   * Throws TropaError `E_NO_SUCH_MESSAGE`, and `E_BAD_REQUEST` for a click where there is no link.
   */
  act(message: string, action: DeskAction, value?: string): Promise<void>;
}

interface DeskHost extends Pick<ChannelHost, 'now' | 'receipts'> {
  find(message: string): Promise<SandboxMail | null>;
  linkTarget(url: string): Promise<string | null>;
}

type Said = Pick<Receipt, 'reason' | 'value'>;

const KINDS: Readonly<Record<DeskAction, ReceiptKind>> = {
  open: 'opened',
  click: 'clicked',
  reply: 'replied',
  bounce: 'bounced',
  unsubscribe: 'unsubscribed',
  deliver: 'delivered',
  fail: 'failed',
};

const REPEATED: ReadonlySet<DeskAction> = new Set(['click', 'reply']);

/** A desk over whatever `host.find` finds. */
export function createDesk(host: DeskHost): Desk {
  let count = 0;
  return {
    act: async (message, action, value) => {
      const mail = await host.find(message);
      if (mail === null)
        throw new TropaError('E_NO_SUCH_MESSAGE', `no message "${message}" in the sandbox. tropa inbox lists them.`);
      const said = await whatIsSaid(host, mail, action, value);
      const at = host.now();
      // The time is in the id because the count begins anew with every process.
      const id = REPEATED.has(action) ? { id: `desk-${at}-${count++}` } : {};
      await host.receipts([{ message, kind: KINDS[action], at, ...id, ...said }]);
    },
  };
}

async function whatIsSaid(
  host: DeskHost,
  mail: SandboxMail,
  action: DeskAction,
  value: string | undefined,
): Promise<Said> {
  switch (action) {
    case 'click':
      return { value: await clicked(host, mail, value) };
    case 'reply':
      return { value: value ?? '' };
    case 'bounce':
      return { reason: value ?? '550 5.1.1 no such mailbox' };
    case 'fail':
      return { reason: value ?? 'failed at the sandbox' };
    default:
      return value === undefined ? {} : { value };
  }
}

async function clicked(host: DeskHost, mail: SandboxMail, value: string | undefined): Promise<Json> {
  const link = value ?? firstLink(mail);
  if (link !== null) return (await host.linkTarget(link)) ?? link;
  // A notification is clicked as a whole; any other message needs something to click on.
  if (mail.channel === 'push') return null;
  throw new TropaError(
    'E_BAD_REQUEST',
    `message "${mail.id}" holds no link to click. Name one, or put one into its template.`,
  );
}
