// The one place where it is decided whether a message may leave now (I6). Pure; every refusal has a reason.

import type { Send } from '../language/journey.ts';
import type { Category } from '../language/settings.ts';
import type { Channel } from '../language/template.ts';
import type { Instant } from '../language/values.ts';
import { hasRoom } from './caps.ts';
import { permission } from './consent.ts';
import type { ChannelGate } from './definitions.ts';
import { normaliseEmail, normalisePhone } from './identity.ts';
import { isKnown } from './learn.ts';
import type { Enrollment, OutboxItem, Person, SkipReason } from './person.ts';
import { addressOf, zoneOf } from './profile.ts';
import { quietUntil, quietZones, windowOpens } from './quiet-hours.ts';
import { judge } from './scope.ts';
import type { Work } from './work.ts';

type HoldReason = 'quiet' | 'window' | 'journey_paused' | 'restored' | ChannelGate['reason'];

export type Verdict =
  | { readonly kind: 'send'; readonly to: string; readonly proof: OutboxItem['proof']; readonly capped: boolean }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | { readonly kind: 'hold'; readonly until: Instant | null; readonly reason: HoldReason };

/**
 * Judges one message at this moment. Reasons are tried in the order of the language reference, the first that applies is
 * named, `holdout` last. What would be held is not yet counted against the caps: it is judged again when it may leave.
 */
export function verdict(work: Work, item: OutboxItem, enrollment: Enrollment | undefined): Verdict {
  const { person, definitions } = work;
  const category = definitions.category(item.journey, item.template, item.channel);
  const to = reachedAt(person, item, category);
  if (to === null) return skip('no_address');
  if (work.facts.suppressed(`${item.channel}:${to}`)) return skip('suppressed');
  const { allowed, proof } = permission(person, definitions.settings, item.channel, category);
  if (!allowed) return skip('no_consent');
  if (enrollment !== undefined && !inAudience(work, enrollment)) return skip('audience');
  if (definitions.journey(item.journey)?.paused === true)
    return { kind: 'hold', until: null, reason: definitions.held === true ? 'restored' : 'journey_paused' };
  const later = postponed(work, item, category.transactional);
  if (later !== null) return later;
  if (enrollment?.holdout === true) return skip('holdout');
  const gate = definitions.gate?.(item.channel, item.id, work.now, category.transactional) ?? null;
  if (gate !== null) return { kind: 'hold', ...gate };
  return { kind: 'send', to, proof, capped: !category.transactional };
}

function reachedAt(person: Person, item: OutboxItem, { transactional }: Category): string | null {
  if (transactional && isClaimed(person, item)) return null;
  return addressOf(person, item.channel, normaliseEmail, normalisePhone);
}

/**
 * Whether an address is only what anybody typed into a page, of somebody the shop knows: by a user id, or by their other
 * address. What concerns an order goes to no such address: whoever types a customer's email beside a number of their own
 * would read the customer's orders. What asks to confirm an address is for exactly that.
 */
function isClaimed(person: Person, { channel, step }: OutboxItem): boolean {
  if (channel === 'push' || step.startsWith('$')) return false;
  const { email, phone } = person.traits;
  const [own, other] = channel === 'email' ? [email, phone] : [phone, email];
  return own?.visitors === true && (isKnown(person) || (other !== undefined && other.visitors !== true));
}

/** What time and frequency have against it: caps, quiet hours, its window, its expiry, the person's own pause. */
function postponed(work: Work, item: OutboxItem, transactional: boolean): Verdict | null {
  const { now, person } = work;
  const send = work.definitions.version(item.version)?.sends.get(item.step);
  const hold = transactional ? null : held(work, item.channel, send);
  const expires = send?.expires == null ? Number.POSITIVE_INFINITY : item.decidedAt + send.expires;
  if (!transactional && hold?.skip !== false && !roomFor(work, item)) return skip('capped');
  if (hold?.skip === true) return skip('quiet');
  if (now > expires || (hold !== null && now === expires)) return skip('expired');
  if (!transactional && isPaused(person, now)) return skip('paused');
  return hold === null ? null : { kind: 'hold', until: Math.min(hold.until, expires), reason: hold.reason };
}

/** The person's own pause. */
function isPaused({ pausedUntil }: Person, now: Instant): boolean {
  return pausedUntil !== null && pausedUntil > now;
}

function roomFor({ person, definitions, now }: Work, item: OutboxItem): boolean {
  const { settings } = definitions;
  return hasRoom(person.slots, settings.caps, item, now, zoneOf(person, settings));
}

const skip = (reason: SkipReason): Verdict => ({ kind: 'skip', reason });

function inAudience(work: Work, enrollment: Enrollment): boolean {
  const compiled = work.definitions.version(enrollment.version);
  const audience = compiled?.journey.audience ?? null;
  if (compiled === undefined || audience === null) return true;
  return judge(work, audience, { compiled, trigger: enrollment.trigger, memory: enrollment.memory }) === true;
}

interface Hold {
  readonly until: Instant;
  readonly reason: 'quiet' | 'window';
  readonly skip: boolean;
}

/** Quiet hours and the step's own window together: the first moment that suits both. */
function held(work: Work, channel: Channel, send: Send | undefined): Hold | null {
  const { person, definitions, now } = work;
  const { quietHours } = definitions.settings;
  const zones = quietZones(person, definitions.settings);
  const zone = zoneOf(person, definitions.settings);
  const sleeps = (moment: Instant) =>
    quietHours?.channels.includes(channel) === true ? quietUntil(moment, zones, quietHours) : null;
  const opens = (moment: Instant) => (send?.window == null ? moment : windowOpens(moment, zone, send.window));
  const quiet = sleeps(now);
  if (quiet !== null && (send?.quiet ?? quietHours?.then) === 'skip')
    return { until: quiet, reason: 'quiet', skip: true };
  let moment = quiet ?? now;
  // Each may push into the other; a week of windows is looked through.
  for (let tries = 0; tries < 10; tries += 1) {
    const open = opens(moment);
    moment = sleeps(open) ?? open;
    if (moment === open) break;
  }
  return moment === now ? null : { until: moment, reason: quiet !== null ? 'quiet' : 'window', skip: false };
}
