// Events about messages, and the ledger status each means.

import type { MessageStatus } from './person.ts';

export const STATUS_OF_EVENT: Readonly<Record<string, MessageStatus>> = {
  'message.sent': 'sent',
  'message.delivered': 'delivered',
  'message.opened': 'opened',
  'message.clicked': 'clicked',
  'message.replied': 'replied',
  'message.bounced': 'bounced',
  'message.failed': 'failed',
  'message.complained': 'delivered',
  'message.unsubscribed': 'delivered',
  'message.machine_opened': 'delivered',
  'message.unknown': 'unknown',
  'message.retry': 'sending',
  'message.resend': 'sending',
};
