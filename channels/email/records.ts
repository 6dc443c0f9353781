// The records by which the world's mail servers judge a sender: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489).

import { createPublicKey } from 'node:crypto';
import { resolveTxt } from 'node:dns/promises';
import type { Checked } from '../../engine/ports/channel.ts';
import type { DkimKey } from './settings.ts';

/** The texts at a name, each already put together from its strings; rejects where there is none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

const fromSystem: Resolve = async (name) => (await resolveTxt(name)).map((strings) => strings.join(''));

/** What is published for a domain, in plain words with what to do. */
export async function checkRecords(
  domain: string,
  dkim: DkimKey | null,
  resolve: Resolve = fromSystem,
): Promise<Checked[]> {
  const texts = (name: string) => resolve(name).catch(() => []);
  const [spf, dmarc, key] = await Promise.all([
    texts(domain),
    texts(`_dmarc.${domain}`),
    dkim === null ? [] : texts(`${dkim.selector}._domainkey.${dkim.domain}`),
  ]);
  return [spfOf(domain, spf), dkimOf(dkim, key), dmarcOf(domain, dmarc)];
}

function spfOf(domain: string, texts: readonly string[]): Checked {
  const records = texts.filter((text) => /^v=spf1(\s|$)/i.test(text));
  const [record] = records;
  const what = 'SPF';
  if (record === undefined)
    return {
      what,
      ok: false,
      say: `${domain} has no SPF record: publish a TXT record such as "v=spf1 include:<your provider> ~all"`,
    };
  if (records.length > 1)
    return { what, ok: false, say: `${domain} has ${records.length} SPF records, which counts as an error: keep one` };
  if (/[\s]\+?all(\s|$)/i.test(record))
    return { what, ok: false, say: `the SPF record of ${domain} allows everybody (+all): end it with ~all or -all` };
  return { what, ok: true, say: `${domain} has an SPF record; see that it includes your provider` };
}

function dkimOf(dkim: DkimKey | null, texts: readonly string[]): Checked {
  const what = 'DKIM';
  if (dkim === null)
    return { what, ok: true, say: 'not signed here: your provider should sign, and shows how in its settings' };
  const name = `${dkim.selector}._domainkey.${dkim.domain}`;
  const published = /(?:^|;)\s*p=([^;]*)/.exec(texts.find((text) => /(?:^|;)\s*p=/.test(text)) ?? '')?.[1];
  const own = createPublicKey(dkim.key).export({ type: 'spki', format: 'der' }).toString('base64');
  if (published === undefined)
    return { what, ok: false, say: `nothing is published at ${name}: a TXT record "v=DKIM1; k=rsa; p=${own}"` };
  return published.replace(/\s/g, '') === own
    ? { what, ok: true, say: `${name} has the key that signs` }
    : { what, ok: false, say: `${name} has another key than the one that signs: publish "v=DKIM1; k=rsa; p=${own}"` };
}

function dmarcOf(domain: string, texts: readonly string[]): Checked {
  const what = 'DMARC';
  const record = texts.find((text) => /^v=DMARC1\s*(;|$)/i.test(text));
  if (record === undefined)
    return {
      what,
      ok: false,
      say: `${domain} has no DMARC record, which Gmail and Yahoo ask of bulk senders: publish at _dmarc.${domain} a TXT record "v=DMARC1; p=none; rua=mailto:dmarc@${domain}"`,
    };
  const policy = /;\s*p\s*=\s*(\w+)/i.exec(record)?.[1]?.toLowerCase();
  return policy === undefined
    ? { what, ok: false, say: `the DMARC record of ${domain} has no policy: add "p=none" at least` }
    : { what, ok: true, say: `${domain} has a DMARC record (p=${policy})` };
}
