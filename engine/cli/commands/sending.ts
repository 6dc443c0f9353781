// `tropa send`: a test message. Where it would really leave this machine, it asks first.

import type { JsonObject } from '../../language/values.ts';
import { ask } from '../ask.ts';
import { confirmed } from '../confirm.ts';
import { printJson, say, visible } from '../print.ts';
import { type Command, objectOf } from './asking.ts';

export const send: Command = async ({ config, adapters, json }, [target = ''], options) => {
  const request: JsonObject = {
    target,
    to: typeof options.to === 'string' ? options.to : null,
    data: options.trigger === undefined ? null : objectOf(options.trigger, '--trigger'),
  };
  if (options.yes !== true) {
    const planned = (await ask(config, adapters, 'send', { ...request, plan: true })) as JsonObject[];
    const leaving = planned.filter(({ sender }) => sender !== 'sandbox');
    if (leaving.length > 0 && !(await confirmed(leaving.map(tellPlan).join('\n'), 'Send?'))) {
      console.error('Nothing was sent.');
      return 1;
    }
  }
  const sent = (await ask(config, adapters, 'send', request)) as JsonObject[];
  if (json) printJson(sent);
  else say(sent.map(tellSent).join('\n'));
  return 0;
};

const tellPlan = ({ channel, template, sender, address }: JsonObject): string =>
  `${String(channel)} "${String(template)}" really leaves by ${String(sender)}, to ${visible(String(address ?? 'nobody: no address is known'))}.`;

const tellSent = ({ message, channel, template }: JsonObject): string =>
  `${String(channel)} "${String(template)}" is judged and sent as message ${String(message)}.`;
