// Addresses as they are suppressed: `channel:address`, spelt as hand-over spells them.

import type { Channel } from '../language/template.ts';
import { normaliseEmail, normalisePhone } from './identity.ts';

/** What an address is called, with its channel before it or without: what stands in the list of suppressions, or null where it is no address of this channel. */
export function suppressible(text: string, channel: Channel | null): string | null {
  const [, own, rest] = /^(email|sms|push):(.+)$/s.exec(text.trim()) ?? [];
  const told = rest ?? text.trim();
  const kind = own ?? channel ?? (told.includes('@') ? 'email' : 'sms');
  if (kind === 'push') return told === '' || told.length > 2_048 ? null : `push:${told}`;
  const address = kind === 'email' ? normaliseEmail(told) : normalisePhone(told);
  return address === null ? null : `${kind}:${address}`;
}
