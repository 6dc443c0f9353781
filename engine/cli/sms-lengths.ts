// What `tropa check` says of text messages: how many segments each costs at least, and which character makes it dear.

import { smsSize } from '../language/sms-segments.ts';
import type { Template } from '../language/template.ts';

/** A line a text message; what Liquid puts in comes on top. */
export function smsLengths(templates: readonly Template[]): string[] {
  return templates.filter(({ channel }) => channel === 'sms').map(({ file, body }) => lineOf(file, body));
}

function lineOf(file: string, body: string): string {
  const own = body.replace(/\{%.*?%\}/gs, '').replace(/\{\{.*?\}\}/gs, '');
  const { segments, units, encoding, because } = smsSize(own.trim());
  const size = `${segments} ${segments === 1 ? 'segment' : 'segments'}, ${units} characters`;
  const more = own === body ? '' : ', and what is filled in';
  return `${file}: ${size}${encoding === 'ucs-2' ? `, UCS-2 because of "${because}"` : ''}${more}`;
}
