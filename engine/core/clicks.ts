// Clicks that look human, until it is known: whoever opens several different links of one message within two seconds is a
// scanner, and the first of them looks like anybody's. So a click waits that long before it counts, in the person's own
// record, and moves nothing meanwhile (P18).

import type { Instant } from '../language/values.ts';
import type { TurnEvent } from './events.ts';
import { effectiveTime } from './events.ts';
import type { HeldClick, Person } from './person.ts';
import type { Work } from './work.ts';

/** Different links of one message within this long are a burst. */
export const BURST = 2_000;
/** More than this many at once are no human's, and are judged without waiting. */
const MOST = 64;

/** Takes a click in; it is judged once it has been followed by silence. */
export function holdClick(work: Work, event: TurnEvent): void {
  const { message, url } = event.data;
  if (typeof message !== 'string' || typeof url !== 'string') return;
  const { journey = null, step = null, template = null, channel = null } = event.data;
  const click: HeldClick = {
    id: event.id,
    message,
    url,
    at: effectiveTime(event),
    about: { journey, step, template, channel },
  };
  const held = [...(work.person.clicks ?? []), click];
  work.person.clicks = held;
  if (held.length > MOST) judgeClicks(work, Number.POSITIVE_INFINITY);
}

/** When the next of them can be judged, or null. */
export function clicksDue({ clicks = [] }: Pick<Person, 'clicks'>): Instant | null {
  const ends = runs(clicks).map((run) => (run.at(-1)?.at ?? 0) + BURST);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** Judges every run of clicks that is over: one link is a human's, several are a machine's. */
export function judgeClicks(work: Work, now: Instant): void {
  const over = runs(work.person.clicks ?? []).filter((run) => (run.at(-1)?.at ?? 0) + BURST <= now);
  const judged = new Set(over.flat());
  for (const run of over) {
    const burst = new Set(run.map(({ url }) => url)).size > 1;
    for (const click of run) tell(work, click, burst);
  }
  const rest = (work.person.clicks ?? []).filter((click) => !judged.has(click));
  if (rest.length > 0) work.person.clicks = rest;
  else delete work.person.clicks;
}

function tell(work: Work, { id, message, url, at, about }: HeldClick, burst: boolean): void {
  const data = { message, ...about, value: url };
  if (burst) work.emit('message.machine_opened', { ...data, reason: 'burst' }, `${id}.machine`, at);
  else work.emit('message.clicked', data, `${id}.clicked`, at);
}

/** Clicks of one message that follow each other closely. */
function runs(clicks: readonly HeldClick[]): HeldClick[][] {
  const found: HeldClick[][] = [];
  const latest = new Map<string, HeldClick[]>();
  for (const click of [...clicks].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
    const run = latest.get(click.message);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && click.at - last.at <= BURST) run.push(click);
    else {
      const fresh = [click];
      latest.set(click.message, fresh);
      found.push(fresh);
    }
  }
  return found;
}
