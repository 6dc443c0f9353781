// Operations on senders: stop one and let it go on, and how each of them is.

import { formatIso } from '../../language/calendar.ts';
import { TropaError } from '../../language/errors.ts';
import { didYouMean } from '../../language/suggest.ts';
import type { JsonObject } from '../../language/values.ts';
import type { House } from '../house.ts';
import type { Operation } from './operation.ts';
import { textOf } from './operation.ts';

/** Pauses a sender, or lets it go on: whatever waited for it is judged again at once. */
export const setSender: Operation = async (house, args) => {
  await house.engine.refresh();
  const { senders } = house.outside;
  const [name, how] = [textOf(args, 'name'), textOf(args, 'how')];
  const names = senders.states().map((state) => state.name);
  if (!names.includes(name)) {
    const rest = names.length === 0 ? ' tropa.yaml has no senders.' : ` There are: ${names.join(', ')}.`;
    throw new TropaError('E_NOT_FOUND', `There is no sender "${name}".${didYouMean(name, names) || rest}`);
  }
  if (how === 'pause') await senders.pause(name, 'an operator paused it');
  else {
    await senders.resume(name);
    house.engine.parts.wakeups.notify();
  }
  return { sender: name, paused: how === 'pause' };
};

/** What `tropa doctor` says about senders. */
export async function sendersLook(house: House): Promise<JsonObject[]> {
  const { senders } = house.outside;
  const states = senders.states();
  const findings: JsonObject[] = [];
  const channels = ['email', 'sms', 'push'].filter((channel) => !states.some((state) => state.channel === channel));
  if (channels.length > 0)
    findings.push({
      ok: true,
      about: 'senders',
      detail: `${channels.join(', ')}: no sender, messages go to the sandbox`,
    });
  for (const { name, paused, downUntil } of states) {
    const detail =
      paused !== null
        ? `paused since ${formatIso(paused.since)} (${paused.why}): \`tropa sender resume ${name}\` lets it go on`
        : downUntil !== null
          ? `its provider is away; it is tried again at ${formatIso(downUntil)} by itself`
          : 'takes messages';
    findings.push({ ok: paused === null && downUntil === null, about: `sender ${name}`, detail });
  }
  for (const { sender, what, ok, say } of await senders.check())
    findings.push({ ok, about: `sender ${sender}: ${what}`, detail: say });
  return findings;
}
