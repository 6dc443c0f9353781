// Clocks, weekdays and windows as texts. What they mean in a person's zone is `calendar.ts`.

import type { Clock, Window } from '../journey.ts';

/** Monday first, as everywhere here. */
export const WEEKDAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `9:00`, `21:30`. */
export function parseClock(text: string): Clock | undefined {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text);
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2])];
  return found !== null && hour < 24 && minute < 60 ? { hour, minute } : undefined;
}

/** `10:00-20:00`, `mon-fri 10:00-20:00`, `mon,wed,fri 9:00-12:00`. */
export function parseWindow(text: string): Window | undefined {
  const found = /^(?:([a-z,\s-]+?)\s+)?(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})$/i.exec(text);
  if (found === null) return undefined;
  const weekdays = found[1] === undefined ? [1, 2, 3, 4, 5, 6, 7] : parseWeekdays(found[1].toLowerCase());
  const [from, to] = [parseClock(found[2] ?? ''), parseClock(found[3] ?? '')];
  if (weekdays === undefined || from === undefined || to === undefined) return undefined;
  if (from.hour === to.hour && from.minute === to.minute) return undefined;
  return { weekdays, from, to };
}

function parseWeekdays(text: string): readonly number[] | undefined {
  const days = new Set<number>();
  for (const part of text.split(/\s*,\s*/)) {
    const [first = '', last = first] = part.split(/\s*-\s*/);
    const [from, to] = [WEEKDAYS.indexOf(first.trim()), WEEKDAYS.indexOf(last.trim())];
    if (from < 0 || to < 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}
