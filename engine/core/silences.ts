// Silences: what `idle` triggers wait for. The latest event of a key speaks for it, in whatever order they arrive (P03).

import type { CompiledJourney } from '../language/compile/compile.ts';
import type { TurnEvent } from './events.ts';
import { effectiveTime } from './events.ts';
import type { IdleWait, Person } from './person.ts';
import { keyOf, passes } from './triggers.ts';
import type { Work } from './work.ts';

/** Arms, moves and calls off silences for an event that `idle` triggers wait after. */
export function heedSilences(work: Work, event: TurnEvent): void {
  const { person } = work;
  for (const { live, trigger, index } of work.definitions.doors(event.name)) {
    if (trigger.idle === null || live.archived) continue;
    const at = effectiveTime(event);
    const wait: IdleWait = {
      journey: live.compiled.journey.id,
      trigger: index,
      key: keyOf(work, trigger, live.compiled, event),
      event: event.id,
      at,
      data: event.data,
      due: at + trigger.idle,
    };
    if (!speaks(person, wait)) continue;
    person.idle = others(person.idle, wait);
    const arms = event.received - event.at <= trigger.maxAge && passes(work, trigger, live.compiled, event);
    if (arms) person.idle.push(wait);
    else keepCalledOff(work, wait);
  }
}

/** Of two silences of one key the later event's stays: the silence is the person's, whichever record heard it. */
export function uniteSilences(work: Work, loser: Person): void {
  const { person } = work;
  for (const wait of loser.idle) if (speaks(person, wait)) person.idle = [...others(person.idle, wait), wait];
  for (const wait of loser.calledOff ?? []) {
    if (!speaks(person, wait)) continue;
    person.idle = others(person.idle, wait);
    keepCalledOff(work, wait);
  }
}

/** Calls off every silence of which `over` is true. */
export function callOff(work: Work, over: (wait: IdleWait, compiled: CompiledJourney) => boolean): void {
  const { person } = work;
  for (const wait of [...person.idle]) {
    const compiled = work.definitions.journey(wait.journey)?.compiled;
    if (compiled === undefined || !over(wait, compiled)) continue;
    person.idle = others(person.idle, wait);
    keepCalledOff(work, wait);
  }
}

/** An emptied cart is remembered as long as an older event of it, come late, could still speak for it. */
function keepCalledOff(work: Work, wait: IdleWait): void {
  const { person } = work;
  const kept = [...others(person.calledOff ?? [], wait), { ...wait, data: {} }].filter((one) => one.due > work.now);
  if (kept.length > 0) person.calledOff = kept;
  else delete person.calledOff;
}

/** Whether nothing later of the same key has been heard. */
function speaks(person: Person, wait: IdleWait): boolean {
  return ![...person.idle, ...(person.calledOff ?? [])].some((one) => sameSilence(one, wait) && isLater(one, wait));
}

function others(waits: readonly IdleWait[], wait: IdleWait): IdleWait[] {
  return waits.filter((one) => !sameSilence(one, wait));
}

function sameSilence(one: IdleWait, other: IdleWait): boolean {
  return one.journey === other.journey && one.trigger === other.trigger && one.key === other.key;
}

/** Of two events of one moment the greater id is the later word, as everywhere. */
function isLater(one: Pick<IdleWait, 'at' | 'event'>, other: Pick<IdleWait, 'at' | 'event'>): boolean {
  return one.at > other.at || (one.at === other.at && one.event > other.event);
}
