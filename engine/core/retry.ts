// Driving again what stood still.

import { enterMachine, named, tellMachine } from './advance.ts';
import type { TurnEvent } from './events.ts';
import type { Work } from './work.ts';

/** Clears the faults of a person, or of one journey, and lets each enrollment try again where it stands. */
export function retry(work: Work, event: TurnEvent): void {
  for (const enrollment of [...work.person.enrollments]) {
    if (
      enrollment.fault === undefined ||
      (typeof event.data.journey === 'string' && event.data.journey !== enrollment.journey)
    )
      continue;
    delete enrollment.fault;
    work.note({ kind: 'retried', ...named(enrollment), step: enrollment.step });
    if (enrollment.step === '$start') enterMachine(work, enrollment);
    else tellMachine(work, enrollment);
  }
}
