// Notices that services send as JSON inside a mail: Amazon SES through SNS, subscribed by email.

import type { Bounce } from './bounce.ts';
import { isHard, reasonOf } from './reasons.ts';

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html */
interface Notice {
  readonly notificationType?: unknown;
  readonly eventType?: unknown;
  readonly bounce?: { readonly bounceType?: unknown; readonly bouncedRecipients?: readonly Recipient[] };
  readonly complaint?: { readonly complainedRecipients?: readonly Recipient[] };
  readonly delivery?: { readonly recipients?: readonly unknown[] };
}
interface Recipient {
  readonly emailAddress?: unknown;
  readonly status?: unknown;
  readonly diagnosticCode?: unknown;
}

/** What such a notice says, or null where the text is none. */
export function serviceNotice(text: string): Bounce[] | null {
  const notice = noticeIn(text.trimStart());
  if (notice === null) return null;
  const { bounce, complaint, delivery } = notice;
  if (bounce !== undefined) return list(bounce.bouncedRecipients).map((one) => bounced(one, bounce.bounceType));
  if (complaint !== undefined)
    return list(complaint.complainedRecipients).map((one) => ({
      class: 'complaint',
      reason: 'complaint',
      recipient: textOf(one.emailAddress),
    }));
  if (delivery !== undefined)
    return list(delivery.recipients).map((one) => ({
      class: 'delivered',
      reason: 'delivered',
      recipient: textOf(one),
    }));
  return null;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = <Item>(value: readonly Item[] | undefined): readonly Item[] =>
  Array.isArray(value) ? value.slice(0, 100) : [];

function noticeIn(text: string): Notice | null {
  if (!text.startsWith('{')) return null;
  const end = text.lastIndexOf('}');
  try {
    // Mail programs break its one long line where they like.
    const read = JSON.parse(text.slice(0, end + 1).replace(/\n ?/g, '')) as Notice & { readonly Message?: unknown };
    const inner = typeof read.Message === 'string' ? (JSON.parse(read.Message) as Notice) : read;
    return inner.notificationType === undefined && inner.eventType === undefined ? null : inner;
  } catch {
    return null;
  }
}

/** SES calls bounces permanent that are not about the address; its recipient's diagnosis says which. */
function bounced({ emailAddress, status, diagnosticCode }: Recipient, type: unknown): Bounce {
  const words = textOf(diagnosticCode).toLowerCase().slice(0, 2_000);
  const told = /[245]\.\d{1,3}\.\d{1,3}/.exec(textOf(status))?.[0] ?? '';
  const reply = Number(/(?:^|[\s;])([245]\d\d)(?=[\s-])/.exec(words)?.[1] ?? 0);
  const reason = reasonOf({ status: told, reply, words, command: 'RCPT' });
  const silent = words === '' && told === '';
  const hard = silent ? type === 'Permanent' : isHard(reason);
  return {
    class: hard ? 'hard' : 'soft',
    reason: silent ? `${textOf(type).toLowerCase()} by the service` : `${reason}${told === '' ? '' : ` (${told})`}`,
    recipient: textOf(emailAddress),
  };
}
