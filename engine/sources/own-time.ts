// When something happened by the sender's own clock, as doors read it, and that clock's error taken out.

import type { Instant } from '../language/values.ts';

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Reads an ISO 8601 text, or milliseconds since 1970 as a number; null when it is neither. Without a zone it is UTC.
 * One-digit months and days are read as well: Segment's own documentation sends `2015-2-02T00:30:12.984Z`.
 */
export function readTime(value: unknown): Instant | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value !== 'string') return null;
  const parts = ISO.exec(value.trim());
  if (parts === null) return null;
  const [, year = '', month = '', day = '', clock = '00:00', zone = 'Z'] = parts;
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${clock.replace(',', '.')}${zone.toUpperCase()}`;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/**
 * `receivedAt - (sentAt - timestamp)`: sending and receiving are one moment, so their difference is the error of the
 * sender's clock (Segment's spec, "Timestamps"). Without `sent` the timestamp stands; without a timestamp it is now.
 */
export function correctedTime(timestamp: Instant | null, sent: Instant | null, received: Instant): Instant {
  if (timestamp === null) return received;
  return sent === null ? timestamp : received - (sent - timestamp);
}
