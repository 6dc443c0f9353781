// A text message as the request its gateway wants: each place filled in as what stands around it demands.

import type { Json, Outgoing } from '../../engine/ports/channel.ts';
import type { GuardedRequest } from '../../engine/ports/guarded.ts';
import type { GatewaySettings, PLACES } from './gateway-settings.ts';

export type Places = Readonly<Record<(typeof PLACES)[number], string>>;

/** What stands in for the places. */
export function placesOf({ id, to, text }: Outgoing, { from }: GatewaySettings): Places {
  // Half a character can be written into no address.
  const whole = Buffer.from(text, 'utf8').toString('utf8');
  return { id, to, text: whole, from, digits: to.replace('+', '') };
}

/** Fills in places; nothing that is filled in is read as a place again. */
export function filled(template: string, places: Places, encode: (text: string) => string = (text) => text): string {
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => encode(places[name as keyof Places] ?? ''));
}

/** The request: percent-encoded in the address, fields of a form, texts of JSON. */
export function requestFor(settings: GatewaySettings, places: Places): GuardedRequest {
  const { method, url, headers, body } = settings;
  const told = Object.entries(headers).map(([name, value]) => [name, filled(value, places)] as const);
  const shared = { method, url: filled(url, places, encodeURIComponent) };
  if (body === null) return { ...shared, headers: Object.fromEntries(told) };
  const type = body.kind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  return {
    ...shared,
    headers: { 'content-type': type, ...Object.fromEntries(told) },
    body: body.kind === 'json' ? JSON.stringify(inJson(body.template, places)) : inForm(body.template, places),
  };
}

function inForm(template: Json, places: Places): string {
  const fields = Object.entries(template as Record<string, string>);
  return new URLSearchParams(fields.map(([name, value]): [string, string] => [name, filled(value, places)])).toString();
}

/** Texts are filled in; what is around them stays as it is, whatever the message says. */
function inJson(template: Json, places: Places): Json {
  if (typeof template === 'string') return filled(template, places);
  if (Array.isArray(template)) return template.map((item) => inJson(item, places));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, inJson(value, places)]));
}
