// Whether a person allows a channel and category, and on which recorded word that stands.

import type { Category, Settings } from '../language/settings.ts';
import type { Channel } from '../language/template.ts';
import { normaliseEmail, normalisePhone } from './identity.ts';
import { isKnown } from './learn.ts';
import type { Consent, Person } from './person.ts';
import { addressOf } from './profile.ts';

export type Permission = { readonly allowed: boolean; readonly proof: (Consent & { scope: string }) | null };

/**
 * A no to a category stands for that category. A no to the channel stands for everything commercial there, unless this
 * category was allowed later. Transactional needs no yes (a no to the address itself is a suppression, judged apart).
 * Otherwise a yes to either is needed where the channel is `opt_in`, a confirmed one where the category says so.
 */
export function permission(person: Person, settings: Settings, channel: Channel, category: Category): Permission {
  const scope = `${channel}/${category.id}`;
  const { own, whole } = believed(person, {
    own: wordFor(person, channel, category, person.consent[scope]),
    whole: wordFor(person, channel, category, person.consent[channel]),
  });
  if (own !== undefined && !own.granted) return { allowed: false, proof: { ...own, scope } };
  const overruled = own !== undefined && whole !== undefined && own.at > whole.at;
  if (whole !== undefined && !whole.granted && !overruled && !category.transactional)
    return { allowed: false, proof: { ...whole, scope: channel } };
  const proof = own !== undefined ? { ...own, scope } : whole?.granted === true ? { ...whole, scope: channel } : null;
  return { allowed: proof !== null || category.transactional || settings.consent[channel] === 'opt_out', proof };
}

interface Words {
  readonly own: Consent | undefined;
  readonly whole: Consent | undefined;
}

/**
 * Of somebody the shop knows, their own word stands against whatever anybody typed into a page: about one category against
 * the whole channel, or the other way round (the same scope is kept where it is learnt).
 */
function believed(person: Person, { own, whole }: Words): Words {
  if (own === undefined || whole === undefined || own.visitors === whole.visitors || !isKnown(person))
    return { own, whole };
  return own.visitors === true ? { own: undefined, whole } : { own, whole: undefined };
}

/** A yes that waits for its confirmation is no word about a category that needs one. */
function wordFor(
  person: Person,
  channel: Channel,
  { doubleOptIn }: Category,
  word: Consent | undefined,
): Consent | undefined {
  return doubleOptIn === null || word === undefined || !waits(person, channel, word) ? word : undefined;
}

/**
 * Whether a word needs a confirmation still: it was never confirmed, or for another address than the present one. Whoever
 * confirms an address of their own and then types somebody else's has confirmed nothing of the latter.
 */
export function waits(person: Person, channel: Channel, { pending, address }: Consent): boolean {
  if (pending === true || address === undefined) return pending === true;
  return address !== addressOf(person, channel, normaliseEmail, normalisePhone);
}
