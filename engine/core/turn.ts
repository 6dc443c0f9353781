// The turn: person, inputs, facts, definitions and the time in; the person decided and what is to be done out (I3).
// A fold is as many turns of one person as there are inputs, then the outbox judged once, all of it one commit (I4).

import { tellMachine, timeoutMachine } from './advance.ts';
import { clicksDue, holdClick, judgeClicks } from './clicks.ts';
import { askToConfirm } from './confirm.ts';
import { copy } from './copy.ts';
import type { Definitions } from './definitions.ts';
import { endSilence, enterBy, enterByCall } from './enroll.ts';
import type { TurnEvent } from './events.ts';
import { byEffectiveTime, effectiveTime, IMPORT } from './events.ts';
import { exitBy } from './exits.ts';
import { expire } from './expire.ts';
import type { Facts, Missing } from './facts.ts';
import { FactsInHand } from './facts.ts';
import { countGoals } from './goals.ts';
import { learn } from './learn.ts';
import { absorb } from './merge.ts';
import { STATUS_OF_EVENT } from './message-events.ts';
import { applyReceipt, judgeOutbox } from './outbox.ts';
import { sumUpOrders } from './past-orders.ts';
import type { Enrollment, OutboxItem, Person, Timer } from './person.ts';
import { retry } from './retry.ts';
import { heedSilences } from './silences.ts';
import { Work } from './work.ts';

export interface Inputs {
  /** Not yet applied events, any order. */
  readonly events: readonly TurnEvent[];
  /** People frozen for this one, to be absorbed first. */
  readonly absorb: readonly Person[];
  /** More events are acknowledged than are here: nothing may begin to leave yet (P04). */
  readonly more: boolean;
}

export type Fold =
  | { readonly missing: Missing }
  | {
      readonly person: Person;
      /** Messages that began to leave in this fold: theirs is the next move. */
      readonly begun: readonly OutboxItem[];
    };

/** A circle of silences, timers and skips that does not end by itself is cut here and goes on in the next fold. */
const MOST_INPUTS = 1_000;
const MOST_ROUNDS = 50;

/**
 * Decides everything that is due for a person. Nothing of `loaded` is changed; the answer has `rev` one higher.
 * Where facts are missing it answers what it needs instead: load them and fold again.
 */
export function fold(loaded: Person, inputs: Inputs, facts: Facts, definitions: Definitions, clock: number): Fold {
  const person = copy(loaded);
  const before = new Set(
    person.outbox.filter((item) => item.status === 'begun').map((item) => `${item.id}.${item.generation}`),
  );
  person.rev += 1;
  person.now = Math.max(person.now, clock);
  person.intents = [];
  const work = new Work(person, new FactsInHand(facts), definitions, person.now);
  for (const loser of inputs.absorb) absorb(work, copy(loser));
  runInputs(work, inputs);
  if (!inputs.more) settleOutbox(work);
  const missing = work.facts.missing();
  if (missing !== null) return { missing };
  sumUpOrders(person);
  return {
    person,
    begun: person.outbox.filter((item) => item.status === 'begun' && !before.has(`${item.id}.${item.generation}`)),
  };
}

/** Events and due timers of one person in the order of their times; an event goes before a timer of the same moment. */
function runInputs(work: Work, { events, more }: Inputs): void {
  const queue = [...events].sort(byEffectiveTime);
  const known = new Set(work.person.applied);
  work.person.applied = [];
  for (let done = 0; done < MOST_INPUTS; done += 1) {
    const event = queue[0];
    const timer = nextTimer(work, event === undefined ? work.now : Math.min(work.now, effectiveTime(event) - 1));
    // With more events unread, a timer may be later than one of them: only what is surely earlier fires.
    if (timer !== null && (event !== undefined || !more)) fire(work, timer);
    else if (event !== undefined) {
      queue.shift();
      applyEvent(work, event, known.has(event.id));
    } else return;
  }
}

type Due = { readonly at: number; readonly fire: () => void };

function fire(work: Work, due: Due): void {
  work.cause = 'timer';
  work.hops = 0;
  due.fire();
}

/** The earliest timer or silence due by `until`. Those of paused journeys and faulted enrollments stand still. */
function nextTimer(work: Work, until: number): Due | null {
  let next: Due | null = null;
  const offer = (at: number, run: () => void) => {
    if (at <= until && (next === null || at < next.at)) next = { at, fire: run };
  };
  for (const enrollment of work.person.enrollments) {
    if (
      enrollment.fault !== undefined ||
      work.definitions.journey(enrollment.journey)?.paused === true ||
      work.definitions.version(enrollment.version) === undefined
    )
      continue;
    for (const timer of enrollment.timers) offer(timer.at, () => fireTimer(work, enrollment, timer));
  }
  if (work.definitions.held !== true)
    for (const wait of work.person.idle) offer(wait.due, () => endSilence(work, wait));
  const clicks = clicksDue(work.person);
  if (clicks !== null) offer(clicks, () => judgeClicks(work, clicks));
  return next;
}

/** A timer belongs to one visit of one state; a stale one does nothing (I7). */
function fireTimer(work: Work, enrollment: Enrollment, timer: Timer): void {
  enrollment.timers = enrollment.timers.filter((one) => one !== timer);
  const { visits } = enrollment.memory;
  if (enrollment.step === timer.step && enrollment.phase === timer.phase && (visits[timer.step] ?? 1) === timer.visit)
    timeoutMachine(work, enrollment);
}

function applyEvent(work: Work, event: TurnEvent, appliedBefore: boolean): void {
  work.cause = event.id;
  work.hops = event.hops;
  work.done(event.id);
  work.person.applied.push(event.id);
  const past = { id: event.id, at: effectiveTime(event), data: event.data };
  work.facts.add(event.name, past);
  if (appliedBefore) return;
  const before = event.name === 'consent.granted' ? { ...work.person.consent } : null;
  learn(work.person, event);
  if (before !== null) askToConfirm(work, event, before);
  if (event.name.startsWith('tropa.')) {
    command(work, event);
    return;
  }
  if (STATUS_OF_EVENT[event.name] !== undefined) applyReceipt(work, event);
  countGoals(work, event);
  const ended = exitBy(work, event);
  for (const enrollment of [...work.person.enrollments])
    if (concerns(work, enrollment, event)) tellMachine(work, enrollment);
  // A list of people that is read in is nothing they did: nobody enters by it.
  if (event.source === IMPORT) return;
  heedSilences(work, event);
  enterBy(work, event, ended);
}

/** Events of our own that ask for something. */
function command(work: Work, event: TurnEvent): void {
  if (event.name === 'tropa.start') enterByCall(work, event);
  else if (event.name === 'tropa.retry') retry(work, event);
  else if (event.name === 'tropa.expire') expire(work, event);
  else if (event.name === 'tropa.click') holdClick(work, event);
  else if (event.name === 'tropa.pause')
    work.person.pausedUntil = typeof event.data.until === 'number' ? event.data.until : null;
}

/** Whether a machine may care: it awaits this event where it stands, or one of its messages is meant. */
function concerns(work: Work, enrollment: Enrollment, event: TurnEvent): boolean {
  const message = event.data.message;
  if (
    STATUS_OF_EVENT[event.name] !== undefined &&
    Object.values(enrollment.memory.messages).some((memo) => memo.id === message)
  )
    return true;
  return (
    work.definitions
      .version(enrollment.version)
      ?.needsAt(enrollment.step, enrollment.phase)
      .sinceEntry.includes(event.name) === true
  );
}

/** Judges the outbox until nothing more comes of it: a skip may send the next rung at once. */
function settleOutbox(work: Work): void {
  work.cause = 'timer';
  for (let round = 0; round < MOST_ROUNDS && judgeOutbox(work); round += 1);
}
