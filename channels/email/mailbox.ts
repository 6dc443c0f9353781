// A mailbox: a name and one address. Whatever a value holds, it never becomes two of them, nor a line of its own (P25).

import parseAddresses from 'nodemailer/lib/addressparser';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** RFC 5321 section 4.5.3.1: 64 octets before the @, 255 after it. Quoted local parts are not taken: nobody has one. */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]{1,64}@[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]{1,255}$/u;

/** Whether this is one plain address. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text) && !text.includes('..') && !/^\.|\.@|@\.|\.$/.test(text);
}

/** Reads `Lumen <hello@lumen.example>` or a bare address; null where it is not exactly one mailbox. */
export function readMailbox(text: string): Mailbox | null {
  const [first, ...others] = parseAddresses(text.replace(/[\p{Cc}\p{Cf}]+/gu, ' '), { flatten: true });
  if (first === undefined || others.length > 0 || first.address === undefined || !isAddress(first.address)) return null;
  return { name: (first.name ?? '').trim(), address: first.address };
}

/** The part after the @, lower-cased. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
