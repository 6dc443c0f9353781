// Where people can get to, and whether what is waited for can happen.

import { formatDuration } from '../duration.ts';
import type { Step } from '../journey.ts';
import { blocksOf, everyStep, messagesOf } from '../walk.ts';
import type { CheckedJourney, Findings } from './findings.ts';

/** Warns about steps nobody gets to and about signals nobody can give. */
export function checkFlow({ journey }: CheckedJourney, findings: Findings): void {
  checkBlock(journey.steps, findings);
  checkSignals(journey.steps, findings);
  checkOrder(journey.steps, findings);
}

function checkBlock(steps: readonly Step[], findings: Findings): void {
  const end = steps.findIndex(leaves);
  const next = steps[end + 1];
  if (end >= 0 && next !== undefined)
    findings.warn(
      'W_UNREACHABLE',
      next.place,
      `nobody gets here: step ${steps[end]?.id} always leaves the journey. Take the steps below it out, or mend it.`,
    );
  for (const step of steps) for (const block of blocksOf(step)) checkBlock(block, findings);
}

/** Whether everybody who enters a step leaves the journey in it. */
function leaves(step: Step): boolean {
  if (step.guard !== null) return false;
  switch (step.verb) {
    case 'exit':
      return true;
    case 'if':
    case 'choose':
    case 'split':
    case 'wait_for':
      return blocksOf(step).every((block) => block.some(leaves));
    case 'repeat':
      return step.until === null && step.do.some(leaves);
    default:
      return false;
  }
}

type AwaitedMessage = (Step & { verb: 'wait_for' })['waits'][number] & { kind: 'signal' };

/** Every signal of a message that a step waits for. */
function awaitedOf(step: Step): readonly AwaitedMessage[] {
  if (step.verb !== 'wait_for') return [];
  return step.waits.filter((one): one is AwaitedMessage => one.kind === 'signal');
}

function checkSignals(steps: readonly Step[], findings: Findings): void {
  const messages = messagesOf({ steps });
  for (const step of everyStep(steps)) {
    if (step.verb === 'reach') checkLadder(step, findings);
    for (const { signal, messageStep, place } of awaitedOf(step)) {
      if (signal !== 'replied' || messages.find(({ id }) => id === messageStep)?.send.channel !== 'push') continue;
      findings.warn(
        'W_SIGNAL',
        place,
        'nobody can reply to a push notification, so this is "else" at once. Wait for clicked.',
      );
    }
  }
}

function checkLadder(step: Step & { verb: 'reach' }, findings: Findings): void {
  const deaf =
    step.until === 'replied'
      ? step.rungs.find((rung) => rung.sends.every(({ send }) => send.channel === 'push'))
      : undefined;
  if (deaf !== undefined)
    findings.warn(
      'W_SIGNAL',
      deaf.place,
      `nobody can reply to a push notification, so rung ${deaf.id} never gets through. Choose another "until", or another channel.`,
    );
  const last = step.rungs.at(-1);
  if (last !== undefined && last.for !== null && step.else === null) {
    findings.warn(
      'W_NO_FALLBACK',
      last.place,
      `the last rung waits ${formatDuration(last.for)} for the signal, and nothing follows its silence. Add "else", or leave "for" out: the ladder then ends when the message is sent.`,
    );
  }
}

/** A message that is only sent further down has given no signal yet, unless a loop comes round. */
function checkOrder(steps: readonly Step[], findings: Findings): void {
  const order = everyStep(steps);
  const messages = messagesOf({ steps });
  const loops = order.filter((step) => step.verb === 'repeat').map((step) => new Set(everyStep([step])));
  for (const [n, step] of order.entries()) {
    for (const awaited of awaitedOf(step)) {
      const sender = messages.find(({ id }) => id === awaited.messageStep)?.step;
      if (sender === undefined || order.indexOf(sender) < n) continue;
      if (loops.some((loop) => loop.has(step) && loop.has(sender))) continue;
      findings.warn(
        'W_MESSAGE_LATER',
        awaited.place,
        `"${awaited.message}" is only sent further down, so this is "else" at once. Move the wait below the send.`,
      );
    }
  }
}
