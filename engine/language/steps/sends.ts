// `email`, `sms`, `push`: the verbs that send one message.

import { CHANNELS, SEND_DOCS, sendFields, sendFrom } from './send-options.ts';
import type { Verb } from './verb.ts';
import { verb } from './verb.ts';

export const sendVerbs: readonly Verb[] = CHANNELS.map((channel) =>
  verb(channel, SEND_DOCS[channel], sendFields(channel), (values) => ({
    verb: 'send',
    send: sendFrom(channel, values),
  })),
);
