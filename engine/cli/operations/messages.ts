// Operations on messages: the ledger as an inbox, what a reader would do, a test message, settling an unknown.

import { normaliseEmail, normalisePhone } from '../../core/identity.ts';
import type { MessageRow, OutboxItem, Person } from '../../core/person.ts';
import { addressOf, idOf } from '../../core/profile.ts';
import type { LabAction } from '../../laboratory/world.ts';
import { formatIso } from '../../language/calendar.ts';
import { TropaError } from '../../language/errors.ts';
import type { Settings } from '../../language/settings.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import { leftTime } from '../../reports/ledger.ts';
import { aboutMessage } from '../../runtime/receipts.ts';
import type { House } from '../house.ts';
import type { Operation } from './operation.ts';
import { cause, optionalText, personOf, textOf } from './operation.ts';
import { itemAgain, testItem } from './outgoing.ts';

const MOST = 100_000;

/** The latest messages of the ledger, in the order in which they left, were held or were skipped. */
export const inbox: Operation = async (house, args) => {
  const limit = typeof args.limit === 'number' ? Math.min(MOST, Math.max(1, args.limit)) : 50;
  const rows = await house.store.messages({ limit });
  const names = await namesOf(house, rows);
  return rows
    .sort((a, b) => leftTime(a) - leftTime(b) || a.at - b.at || (a.id < b.id ? -1 : 1))
    .map((row) => told(row, names.get(row.person) ?? row.person));
};

async function namesOf(house: House, rows: readonly MessageRow[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.map((row) => row.person))];
  const names = new Map<string, string>();
  for (let from = 0; from < ids.length; from += 500) {
    for (const { person } of await house.store.load(ids.slice(from, from + 500))) names.set(person.id, idOf(person));
  }
  return names;
}

/** One line of `--json`; what is on its way at this instant is still held by us. */
function told(row: MessageRow, profile: string): JsonObject {
  return {
    id: row.id,
    profile,
    journey: row.journey,
    step: row.step,
    template: row.template,
    channel: row.channel,
    to: row.to,
    at: formatIso(leftTime(row)),
    status: row.status === 'sending' ? 'held' : row.status,
    reason: row.status === 'sending' ? 'sending' : row.reason,
  };
}

async function rowOf(house: House, message: string): Promise<MessageRow> {
  const row = await house.store.message(message);
  if (row === null)
    throw new TropaError('E_NO_SUCH_MESSAGE', `There is no message "${message}". \`tropa inbox\` lists them.`);
  return row;
}

/** Does to a message what its reader or its provider would. */
export const act: Operation = async (house, args) => {
  const row = await rowOf(house, textOf(args, 'message'));
  const action = textOf(args, 'action');
  await house.sandbox.desk.act(row.id, action as LabAction, optionalText(args, 'value') ?? undefined);
  await house.sandbox.idle();
  return { message: row.id, action };
};

/**
 * Sends test messages: one template, or each of a journey once, to a person, outside any enrollment. They are judged like
 * others (addresses, consent, quiet hours, caps), stand in the ledger under the step `$test`, and no figure counts them.
 */
export const send: Operation = async (house, args) => {
  const definitions = await house.engine.refresh();
  const person = await personOf(house.store, textOf(args, 'to'));
  const given = args.data === undefined || args.data === null ? null : (args.data as JsonObject);
  const items = await testItem(house, definitions, { target: textOf(args, 'target'), person, data: given });
  if (args.plan === true) return items.map((item) => planOf(definitions.settings, person, item));
  for (const item of items)
    await cause(house, person.id, 'message.resend', { message: item.id, item: item as unknown as Json });
  return items.map(({ id, channel, template, journey }) => ({ message: id, journey, template, channel }));
};

/** Where a test message would go, and by whom; nothing is sent. */
function planOf(settings: Settings, person: Person, { channel, template, journey }: OutboxItem): JsonObject {
  const sender = settings.senders.find((one) => one.channel === channel);
  const address = addressOf(person, channel, normaliseEmail, normalisePhone);
  return { journey, template, channel, sender: sender?.provider ?? 'sandbox', address };
}

/** Settles a message whose outcome nobody knew (I5). */
export const resolve: Operation = async (house, args) => {
  const row = await rowOf(house, textOf(args, 'message'));
  if (row.status !== 'unknown')
    throw new TropaError(
      'E_BAD_REQUEST',
      `Message ${row.id} is ${row.status}, not unknown: there is nothing to settle.`,
    );
  if (args.as === 'sent') {
    await cause(house, row.person, 'message.sent', { ...aboutMessage(row), resolved: true });
    return { message: row.id, resolved: 'sent' };
  }
  const definitions = await house.engine.refresh();
  const item = await itemAgain(house, definitions, row);
  await cause(house, row.person, 'message.resend', { ...aboutMessage(row), item: item as unknown as Json });
  return { message: row.id, resolved: 'resend' };
};
