// From the arrival of an event to the hand-over of its message, read from the store afterwards.

import { quantile } from './quantile.ts';
import type { System } from './system.ts';

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Milliseconds from an event's arrival to its message's hand-over, of everything this event name caused. */
export function handOverLatency(system: System, event: string): Quantiles {
  const rows = system.all<{ ms: number }>(
    `SELECT json_extract(m.body, '$.times.sending') - e.received AS ms FROM messages m
     JOIN journal j ON j.person = m.person AND json_extract(j.body, '$.kind') = 'entered'
       AND json_extract(j.body, '$.enrollment') = json_extract(m.body, '$.enrollment')
     JOIN events e ON e.id = json_extract(j.body, '$.because') WHERE e.name = ? ORDER BY ms`,
    event,
  );
  const sorted = rows.map(({ ms }) => ms);
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}
