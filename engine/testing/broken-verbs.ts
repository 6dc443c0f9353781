// Verbs broken on purpose, one at a time, in a journey that was read: what a compiler that forgot something would make
// of it. Conformance must turn red under each of them.

import type { Journey, Step } from '../language/journey.ts';

type Break = (step: Step) => readonly Step[];

/** A break of one verb; steps of other verbs stay. */
function of<V extends Step['verb']>(verb: V, change: (step: Step & { verb: V }) => readonly Step[]): Break {
  return (step) => (step.verb === verb ? change(step as Step & { verb: V }) : [step]);
}

const forgotten = (verb: Step['verb']): Break => of(verb, () => []);

/** What is wrong → the break. Each verb of the language is in one of them or more. */
export const BREAKS: Readonly<Record<string, Break>> = {
  'email is not sent': of('send', (step) => (step.send.channel === 'email' ? [] : [step])),
  'sms is not sent': of('send', (step) => (step.send.channel === 'sms' ? [] : [step])),
  'push is not sent': of('send', (step) => (step.send.channel === 'push' ? [] : [step])),
  'with is forgotten': of('send', (step) => [{ ...step, send: { ...step.send, with: {} } }]),
  'subject is forgotten': of('send', (step) => [{ ...step, send: { ...step.send, subject: null } }]),
  'quiet is forgotten': of('send', (step) => [{ ...step, send: { ...step.send, quiet: null } }]),
  'window is forgotten': of('send', (step) => [{ ...step, send: { ...step.send, window: null } }]),
  'expires is forgotten': of('send', (step) => [{ ...step, send: { ...step.send, expires: null } }]),
  'reach is passed over': forgotten('reach'),
  'reach sends its first rung only': of('reach', (step) => [{ ...step, rungs: step.rungs.slice(0, 1) }]),
  'reach always waits for an open': of('reach', (step) => [{ ...step, until: 'opened' }]),
  'reach has no else': of('reach', (step) => [{ ...step, else: step.else === null ? null : [] }]),
  'reach sends one of a parallel rung': of('reach', (step) => [
    { ...step, rungs: step.rungs.map((rung) => ({ ...rung, sends: rung.sends.slice(0, 1) })) },
  ]),
  'reach waits a minute longer': of('reach', (step) => [
    { ...step, rungs: step.rungs.map((rung) => ({ ...rung, for: rung.for === null ? null : rung.for + 60_000 })) },
  ]),
  'wait does not wait': forgotten('wait'),
  'wait forgets its days': of('wait', (step) => [
    step.wait.kind === 'for' ? step : { ...step, wait: { ...step.wait, days: null } },
  ]),
  'wait forgets its clock': of('wait', (step) => [
    step.wait.kind === 'until' ? { ...step, wait: { ...step.wait, at: null } } : step,
  ]),
  'wait always goes on': of('wait', (step) => [
    step.wait.kind === 'until' ? { ...step, wait: { ...step.wait, past: 'continue' } } : step,
  ]),
  'wait_for does not wait': forgotten('wait_for'),
  'wait_for hears its first alternative only': of('wait_for', (step) => [{ ...step, waits: step.waits.slice(0, 1) }]),
  'wait_for forgets its else': of('wait_for', (step) => [{ ...step, else: [] }]),
  'wait_for always looks back to the entry': of('wait_for', (step) => [{ ...step, since: 'entry' }]),
  'wait_for never looks back to the entry': of('wait_for', (step) => [{ ...step, since: 'step' }]),
  'wait_for sets no variable': of('wait_for', (step) => [
    { ...step, waits: step.waits.map((one) => ({ ...one, as: null })) },
  ]),
  'wait_for forgets its if': of('wait_for', (step) => [
    { ...step, waits: step.waits.map((one) => (one.kind === 'event' ? { ...one, if: null } : one)) },
  ]),
  'if takes the other way': of('if', (step) => [{ ...step, do: step.else, else: step.do }]),
  'choose tries its cases backwards': of('choose', (step) => [{ ...step, cases: [...step.cases].reverse() }]),
  'choose forgets its else': of('choose', (step) => [{ ...step, else: [] }]),
  'split takes its first variant': of('split', (step) => [
    { ...step, variants: step.variants.map((one, n) => ({ ...one, weight: n === 0 ? 100 : 0 })) },
  ]),
  'split is passed over': forgotten('split'),
  'repeat plays one round': of('repeat', (step) => [{ ...step, times: 1 }]),
  'repeat forgets every': of('repeat', (step) => [{ ...step, every: null }]),
  'repeat forgets until': of('repeat', (step) => [{ ...step, until: null }]),
  'update changes nothing': forgotten('update'),
  'tag changes nothing': forgotten('tag'),
  'untag changes nothing': forgotten('untag'),
  'set sets nothing': forgotten('set'),
  'emit is not heard': forgotten('emit'),
  'exit stays': forgotten('exit'),
  'if of a step is forgotten': (step) => [{ ...step, guard: null }],
};

/** The journey under a break, in every block of it. */
export function broken(journey: Journey, change: Break): Journey {
  return { ...journey, steps: throughout(journey.steps, change) };
}

function throughout(steps: readonly Step[], change: Break): Step[] {
  return steps.flatMap((step) => change(inside(step, change)));
}

function inside(step: Step, change: Break): Step {
  switch (step.verb) {
    case 'reach':
      return { ...step, else: step.else === null ? null : throughout(step.else, change) };
    case 'wait_for':
      return {
        ...step,
        waits: step.waits.map((one) => ({ ...one, do: throughout(one.do, change) })),
        else: throughout(step.else, change),
      };
    case 'if':
      return { ...step, do: throughout(step.do, change), else: throughout(step.else, change) };
    case 'choose':
      return {
        ...step,
        cases: step.cases.map((one) => ({ ...one, do: throughout(one.do, change) })),
        else: throughout(step.else, change),
      };
    case 'split':
      return { ...step, variants: step.variants.map((one) => ({ ...one, do: throughout(one.do, change) })) };
    case 'repeat':
      return { ...step, do: throughout(step.do, change) };
    default:
      return step;
  }
}
