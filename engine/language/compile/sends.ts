// The sends of a journey: which steps send what, and what their messages may be called.

import type { Send, Step } from '../journey.ts';
import { blocksOf } from '../walk.ts';

/** Every send with the id its message is known by, in the order of the file. */
export function sendsOf(steps: readonly Step[]): [string, Send][] {
  return steps.flatMap((step) => {
    const own: [string, Send][] =
      step.verb === 'send'
        ? [[step.id, step.send]]
        : step.verb === 'reach'
          ? step.rungs.flatMap((rung) => rung.sends.map(({ id, send }): [string, Send] => [id, send]))
          : [];
    return [...own, ...blocksOf(step).flatMap((block) => sendsOf(block))];
  });
}

/** A message may be called by its step's id, or by its template's name where one send alone uses it. */
export function messageSteps(sends: ReadonlyMap<string, Send>): Map<string, string> {
  const uses = new Map<string, string[]>();
  for (const [id, { template }] of sends) uses.set(template, [...(uses.get(template) ?? []), id]);
  const names = new Map<string, string>();
  for (const [template, ids] of uses) if (ids.length === 1 && ids[0] !== undefined) names.set(template, ids[0]);
  for (const id of sends.keys()) names.set(id, id);
  return names;
}
