// Until when a message is of use: what its step says with `expires`, and its rung with `for`.

import type { OutboxItem } from '../core/person.ts';
import type { CompiledJourney } from '../language/compile/compile.ts';
import type { Instant, Millis } from '../language/values.ts';
import { everyStep } from '../language/walk.ts';

/** The moment after which the message need not arrive any more, or null. A rung's `for` starts at hand-over, `now`. */
export function useBy(item: OutboxItem, compiled: CompiledJourney | undefined, now: Instant): Instant | null {
  if (compiled === undefined) return null;
  const expires = compiled.sends.get(item.step)?.expires ?? null;
  const span = rungSpan(compiled, item.step);
  const ends = [
    ...(expires === null ? [] : [item.decidedAt + expires]),
    ...(span === null ? [] : [(item.begunAt ?? now) + span]),
  ];
  return ends.length === 0 ? null : Math.min(...ends);
}

function rungSpan({ journey }: CompiledJourney, step: string): Millis | null {
  for (const one of everyStep(journey.steps)) {
    const rung = one.verb === 'reach' ? one.rungs.find(({ sends }) => sends.some(({ id }) => id === step)) : undefined;
    if (rung !== undefined) return rung.for;
  }
  return null;
}
