// What a service worker tells about a message it was sent, by the signed address that came inside it. The message was
// encrypted for this one browser (RFC 8291), so no scanner on the way can have clicked: what is told here, a human did.

import { isVisitors } from '../core/events.ts';
import { mint } from '../core/ids.ts';
import type { IdentityKey, PersonId } from '../core/person.ts';
import { TropaError } from '../language/errors.ts';
import type { JsonObject } from '../language/values.ts';
import type { IncomingEvent } from '../ports/store.ts';
import { aboutMessage } from '../runtime/receipts.ts';
import type { HttpHost } from './host.ts';
import { endpointOf, type Subscription, subscriptionOf } from './push-subscription.ts';

export type Report =
  | { readonly did: 'shown' | 'closed' }
  | { readonly did: 'clicked'; readonly url: string | null }
  | {
      readonly did: 'renewed';
      readonly old: string | null;
      readonly subscription: Subscription;
      readonly agent: string;
    };

/** Reads a report about this message. Throws TropaError `E_BAD_REQUEST`. */
export function readReport(host: HttpHost, message: string, body: JsonObject, agent: string): Report {
  const { did, link, old } = body;
  if (did === 'shown' || did === 'closed') return { did };
  if (did === 'clicked') return { did, url: typeof link === 'string' ? targetOf(host, message, link) : null };
  if (did !== 'renewed')
    throw new TropaError('E_BAD_REQUEST', 'A message was shown, clicked or closed, or its subscription renewed.');
  return {
    did,
    old: typeof old === 'string' ? endpointOf({ endpoint: old }) : null,
    subscription: subscriptionOf(body.subscription, host.near),
    agent: agent.slice(0, 200),
  };
}

/** Where a tracked link of this very message leads; a link of another message says nothing here (P24). */
function targetOf(host: HttpHost, message: string, link: string): string | null {
  const token = /\/c\/([A-Za-z0-9_-]+)$/.exec(link)?.[1];
  const target = token === undefined ? null : host.links.read('click', token);
  return target?.message === message ? (target.url ?? null) : null;
}

/** Makes events of it; durable on return. Of messages nobody knows, and of whoever was erased, nothing is kept. */
export async function takeReport(host: HttpHost, message: string, report: Report): Promise<void> {
  const row = await host.store.message(message);
  if (row === null || row.person === '' || row.channel !== 'push') return;
  const at = host.now();
  const event = (name: string, data: JsonObject): IncomingEvent => ({
    id: mint('push', name, row.id, JSON.stringify(data)),
    source: 'tropa',
    name,
    at,
    received: at,
    who: [],
    person: row.person,
    data,
  });
  switch (report.did) {
    case 'shown':
      return await host.receipts([{ message, kind: 'delivered', at }]);
    case 'clicked': {
      // Several devices, or an impatient hand: two clicks on one thing within a second are one.
      const id = mint('push click', report.url, Math.floor(at / 1000));
      return await host.receipts([
        { message, kind: 'clicked', at, id, ...(report.url !== null && { value: report.url }) },
      ]);
    }
    case 'closed':
      // Whoever put it aside has been shown it.
      await host.receipts([{ message, kind: 'delivered', at }]);
      await host.ingest([event('push.closed', aboutMessage(row))]);
      return;
    case 'renewed': {
      const { old, subscription, agent } = report;
      const ended =
        old === null || old === subscription.endpoint ? [] : [event('push.unsubscribed', { endpoint: old })];
      const claimed = await claimsOf(host, row.person, old);
      const said = { ...(agent !== '' && { agent }), ...(claimed !== null && { claimed: [...claimed] }) };
      await host.ingest([...ended, event('push.subscribed', { ...subscription, ...said })]);
    }
  }
}

/** So many subscriptions of a person are looked through for one that has ended. */
const LOOK_BACK = 1_000;

/**
 * By which visitors the old device was subscribed; null: the shop itself told it. The new one is trusted no more than that:
 * whoever was sent a message as a stranger, and became one with a customer since, renews their own way to a stranger's
 * device and not to the customer's. A device nobody knows is trusted by nobody.
 */
async function claimsOf(
  { store }: HttpHost,
  person: PersonId,
  endpoint: string | null,
): Promise<readonly IdentityKey[] | null> {
  if (endpoint === null) return [];
  const [loaded] = await store.load([person]);
  const device = loaded?.person.devices?.[endpoint];
  if (device !== undefined && device.keys !== null) return device.claimed ?? null;
  // It has ended, as the push service said before the browser did.
  const told = await store.events({ person, name: 'push.subscribed', newest: true, limit: LOOK_BACK });
  const last = told.find(({ data }) => data.endpoint === endpoint);
  if (last === undefined) return [];
  if (isVisitors(last)) return last.who.filter((key) => key.startsWith('anonymous:'));
  return Array.isArray(last.data.claimed) ? last.data.claimed.map(String) : null;
}
