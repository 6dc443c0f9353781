// Which message `opened: reminder` and `message("reminder")` mean: a step's id, or a template only one send uses.

import type { Journey } from './journey.ts';
import type { Message } from './walk.ts';
import { conditionsOf, messagesOf } from './walk.ts';

export type Referred =
  | { readonly kind: 'message'; readonly id: string }
  /** Several sends use this template, or several leave on this rung. */
  | { readonly kind: 'several'; readonly ids: readonly string[] }
  | { readonly kind: 'none' };

/** The message a reference means among these. */
export function referTo(messages: readonly Message[], reference: string): Referred {
  if (messages.some(({ id }) => id === reference)) return { kind: 'message', id: reference };
  const inside = messages.filter((message) => message.id.startsWith(`${reference}.`) && message.step.verb === 'reach');
  const uses = inside.length > 0 ? inside : messages.filter(({ send }) => send.template === reference);
  const [first] = uses;
  if (first === undefined) return { kind: 'none' };
  return uses.length === 1 ? { kind: 'message', id: first.id } : { kind: 'several', ids: uses.map(({ id }) => id) };
}

/** For `message("reminder")` in conditions of a journey without errors: what each reference means. */
export function messageReferences(journey: Journey): ReadonlyMap<string, string> {
  const messages = messagesOf(journey);
  const references = new Map<string, string>();
  for (const reference of new Set(conditionsOf(journey).flatMap((condition) => condition.messages))) {
    const referred = referTo(messages, reference);
    if (referred.kind === 'message') references.set(reference, referred.id);
  }
  return references;
}
