// Double opt-in: a yes to a category that asks for a confirmation counts for it once the mail that was sent to the address
// has been answered. Until then the word is there, with its proof, and nobody is written to on it.

import type { Category, Settings } from '../language/settings.ts';
import type { Millis } from '../language/values.ts';
import { waits } from './consent.ts';
import type { TurnEvent } from './events.ts';
import { IMPORT, isVisitors } from './events.ts';
import { mint } from './ids.ts';
import { type Consent, type OutboxItem, undecided } from './person.ts';
import { textTrait } from './profile.ts';
import type { Work } from './work.ts';

/** Under which step confirming mails stand in the ledger, with the categories they are about. No step can be called so. */
const STEP = '$confirm/';
/** Whoever types somebody else's address again and again sends them one mail a day, and no more than three in all. */
const AGAIN: Millis = 24 * 3_600_000;
const TIMES = 3;
const PRIORITY = 100;

/** The categories a confirming mail is about; none for any other message. */
export function confirmedBy(step: string): readonly string[] {
  return step.startsWith(STEP) ? step.slice(STEP.length).split(',') : [];
}

/** The template that asks for a confirmation of this category is transactional: it is what lets somebody be asked. */
export function isConfirming(settings: Settings, template: string): boolean {
  return Object.values(settings.categories).some(({ doubleOptIn }) => doubleOptIn === template);
}

/**
 * After a yes to email was learnt: marks it as waiting where a category needs a confirmation, and asks for it. A word that
 * was confirmed already, or whose source says that it was (`confirmed`), waits for nothing.
 */
export function askToConfirm(work: Work, event: TurnEvent, before: { readonly [scope: string]: Consent }): void {
  const { channel, category } = event.data;
  if (channel !== undefined && channel !== null && channel !== 'email') return;
  const scope = typeof category === 'string' && category !== '' ? `email/${category}` : 'email';
  const word = work.person.consent[scope];
  if (word?.by !== event.id || !word.granted || (event.data.confirmed === true && !isVisitors(event))) return;
  const was = before[scope];
  const isSettled = (one: Consent | undefined): boolean => one?.granted === true && !waits(work.person, 'email', one);
  if (isSettled(was)) return;
  const waiting = Object.values(work.definitions.settings.categories).filter(
    ({ id, doubleOptIn }) =>
      doubleOptIn !== null && (scope === 'email' ? !isSettled(before[`email/${id}`]) : category === id),
  );
  if (waiting.length === 0) return;
  word.pending = true;
  // A list that is read in asks nobody anything.
  if (event.source === IMPORT) return;
  for (const [template, categories] of byTemplate(waiting)) ask(work, event, template, categories);
}

function byTemplate(categories: readonly Category[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { id, doubleOptIn } of categories)
    if (doubleOptIn !== null) found.set(doubleOptIn, [...(found.get(doubleOptIn) ?? []), id]);
  return found;
}

function ask(work: Work, event: TurnEvent, template: string, categories: readonly string[]): void {
  const { person, definitions, now } = work;
  const home = definitions.confirming?.(template);
  const email = textTrait(person, 'email');
  if (home === undefined || email === null) return;
  const mail = `${template} ${email.toLowerCase()}`;
  const before = person.asked?.[mail] ?? { last: Number.NEGATIVE_INFINITY, times: 0 };
  if (now - before.last < AGAIN || before.times >= TIMES) return;
  person.asked = { ...person.asked, [mail]: { last: now, times: before.times + 1 } };
  const id = mint('message', 'confirm', event.id, template);
  const item: OutboxItem = {
    id,
    enrollment: id,
    journey: home.journey,
    version: home.version,
    step: STEP + categories.join(','),
    visit: 1,
    channel: 'email',
    template,
    with: {},
    subject: null,
    contact: id,
    priority: PRIORITY,
    ...undecided(now),
    generation: 0,
    resend: true,
    sample: { categories: [...categories] },
  };
  person.outbox.push(item);
  const { journey, version } = home;
  work.note({ kind: 'decided', journey, version, enrollment: id, step: item.step, message: id, reason: 'confirm' });
}
