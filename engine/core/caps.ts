// Frequency caps: how many contacts still have room. A slot is taken when a message begins to leave, by its contact.

import { startOf } from '../language/calendar.ts';
import type { Cap, Settings } from '../language/settings.ts';
import type { Channel } from '../language/template.ts';
import type { Instant, Millis } from '../language/values.ts';
import type { CapSlot } from './person.ts';

/** Calendar periods never last longer than this. */
const LONGEST: Record<'day' | 'week' | 'month', Millis> = {
  day: 2 * 86_400_000,
  week: 9 * 86_400_000,
  month: 33 * 86_400_000,
};

/** Whether every cap leaves room for one more message of this contact. A contact that has its slot needs no more room, except per channel. */
export function hasRoom(
  slots: readonly CapSlot[],
  caps: readonly Cap[],
  message: { contact: string; channel: Channel },
  now: Instant,
  zone: string,
): boolean {
  return caps.every((cap) => {
    if (cap.channel !== null && cap.channel !== message.channel) return true;
    const since = typeof cap.per === 'number' ? now - cap.per + 1 : startOf(cap.per, now, zone);
    const counted = slots.filter((slot) => slot.at >= since && (cap.channel === null || slot.channel === cap.channel));
    if (cap.channel !== null) return counted.length < cap.max;
    const contacts = new Set(counted.map((slot) => slot.contact));
    return contacts.has(message.contact) || contacts.size < cap.max;
  });
}

/** Slots that some cap may still count; the rest is forgotten. */
export function keepSlots(slots: readonly CapSlot[], settings: Settings, now: Instant): CapSlot[] {
  const reach = Math.max(0, ...settings.caps.map((cap) => (typeof cap.per === 'number' ? cap.per : LONGEST[cap.per])));
  return slots.filter((slot) => slot.at > now - reach);
}
