// How a spec's person begins: their traits, what they allow, and an invented address for each channel they allow.

import { KEPT } from '../core/profile.ts';
import type { Pick } from '../language/journey.ts';
import type { Json, JsonObject } from '../language/values.ts';

const CHANNELS = ['email', 'sms', 'push'] as const;
const ADDRESS: Readonly<Record<(typeof CHANNELS)[number], string>> = { email: 'email', sms: 'phone', push: 'push' };

/** The `tropa.begin` event's data for a spec's profile. Nobody is held out unless `pick` says so. */
export function beginning(profile: JsonObject, pick: Pick): { id: string; data: JsonObject } {
  const id = profile.id === undefined || profile.id === null ? 'somebody' : String(profile.id);
  const traits: JsonObject = {};
  const kept: JsonObject = {};
  const consent = consentOf(profile.consent);
  for (const [name, value] of Object.entries(profile)) {
    if (name === 'id' || name === 'consent') continue;
    if ((KEPT as readonly string[]).includes(name)) kept[name] = value;
    else traits[name] = value;
  }
  for (const channel of consent) {
    const field = ADDRESS[channel];
    if (traits[field] === undefined) traits[field] = invented(channel, id);
  }
  return {
    id,
    data: { traits, consent: [...consent], kept: { ...kept, pick: { holdout: false, ...pick } as JsonObject } },
  };
}

function consentOf(value: Json | undefined): (typeof CHANNELS)[number][] {
  if (Array.isArray(value)) return CHANNELS.filter((channel) => value.includes(channel));
  if (value !== null && typeof value === 'object')
    return CHANNELS.filter((channel) => (value as JsonObject)[channel] === true);
  return [];
}

function invented(channel: (typeof CHANNELS)[number], id: string): string {
  const name = id.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'somebody';
  if (channel === 'email') return `${name}@example.com`;
  if (channel === 'push') return `https://push.example/${name}`;
  let digits = 0;
  for (const letter of id) digits = (digits * 31 + (letter.codePointAt(0) ?? 0)) % 90_000;
  // A range set aside for fiction; the last digits never ask the sandbox to misbehave.
  return `+1202555${String(1000 + (digits % 9000))}`;
}
