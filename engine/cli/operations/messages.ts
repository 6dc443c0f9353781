// Operations on messages: the sandbox's inbox, settling an unknown.

import { idOf } from '../../core/profile.ts';
import type { MessageRow } from '../../core/person.ts';
import { formatIso } from '../../language/calendar.ts';
import { TropaError } from '../../language/errors.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import type { LabAction } from '../../laboratory/world.ts';
import { leftTime } from '../../laboratory/world.ts';
import type { House } from '../house.ts';
import type { Operation } from './operation.ts';
import { cause, textOf } from './operation.ts';

/** The ledger's messages, newest first. */
export const inbox: Operation = async (house, args) => {
  const limit = typeof args.limit === 'number' ? Math.min(10_000, args.limit) : 50;
  const rows = await house.store.messages({ limit });
  const names = new Map<string, string>();
  const out: Json[] = [];
  for (const row of rows) {
    if (!names.has(row.person)) {
      const [loaded] = await house.store.load([row.person]);
      names.set(row.person, loaded === undefined ? row.person : idOf(loaded.person));
    }
    out.push(told(row, names.get(row.person) ?? row.person));
  }
  return out;
};

function told(row: MessageRow, profile: string): JsonObject {
  return {
    id: row.id, profile, journey: row.journey, step: row.step, template: row.template, channel: row.channel, to: row.to,
    at: formatIso(leftTime(row)), status: row.status === 'sending' ? 'held' : row.status, reason: row.reason,
  };
}

async function rowOf(house: House, message: string): Promise<MessageRow> {
  const row = await house.store.message(message);
  if (row === null) throw new TropaError('E_NO_SUCH_MESSAGE', `There is no message "${message}". \`tropa inbox\` lists them.`);
  return row;
}

/** Does to a message what its reader or its provider would. */
export const act: Operation = async (house, args) => {
  const row = await rowOf(house, textOf(args, 'message'));
  await house.sandbox.desk.act(row.id, textOf(args, 'action') as LabAction, typeof args.value === 'string' ? args.value : undefined);
  await house.sandbox.idle();
  return { message: row.id, action: textOf(args, 'action') };
};

/** Settles a message whose outcome nobody knew. */
export const resolve: Operation = async (house, args) => {
  const row = await rowOf(house, textOf(args, 'message'));
  if (row.status !== 'unknown') throw new TropaError('E_BAD_REQUEST', `Message ${row.id} is ${row.status}, not unknown: there is nothing to settle.`);
  if (args.as === 'sent') {
    await cause(house, row.person, 'message.sent', { message: row.id, journey: row.journey, step: row.step, template: row.template, channel: row.channel, resolved: true });
    return { message: row.id, resolved: 'sent' };
  }
  const item: JsonObject = {
    id: row.id, enrollment: row.enrollment, journey: row.journey, version: row.version, step: row.step, visit: row.visit, channel: row.channel, template: row.template,
    with: {}, subject: null, contact: `${row.id}.resend`, priority: 100, decidedAt: row.at, status: 'ready', until: null, reason: null, attempts: 1, begunAt: null, to: null, proof: null, generation: row.generation,
  };
  await cause(house, row.person, 'message.resend', { message: row.id, item: item as Json });
  return { message: row.id, resolved: 'resend' };
};
