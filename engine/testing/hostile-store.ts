// A store that misbehaves on request, around any adapter: what networks, rivals and crashes do to its callers.
// Everything it does goes through the port, so what a test sees is what the adapter itself answers to it.

import type { Change, IncomingEvent, Store } from '../ports/store.ts';

/** The call was applied, or not: its caller cannot know. */
export class AnswerLost extends Error {}
/** The process ended here. */
export class Crashed extends Error {}

type MethodName = keyof Store;

interface Interference {
  readonly before?: (args: readonly unknown[]) => Promise<void> | void;
  readonly after?: () => Promise<void> | void;
}

export interface Trouble {
  /** In the middle of the next bulk commit somebody else commits the person of its `index`-th change first. */
  rivalTakes(index: number): void;
  /** An event is acknowledged just before the next commit. */
  arrivesBeforeCommit(event: IncomingEvent): void;
  /** The next call is applied, and its answer is lost. */
  loseAnswer(method: MethodName): void;
  /** The next call is applied, and answered when the function that is returned here is called. */
  delayAnswer(method: MethodName): () => void;
  /** The process ends before the next call is applied. */
  crashBefore(method: MethodName): void;
}

/** Wraps a store. Troubles queue up by method; a call without one passes untouched. */
export function hostile(inner: Store): { store: Store; trouble: Trouble } {
  const planned = new Map<MethodName, Interference[]>();
  const plan = (method: MethodName, interference: Interference): void => {
    planned.set(method, [...(planned.get(method) ?? []), interference]);
  };
  const store = new Proxy(inner, {
    get(target, name: MethodName) {
      const method = target[name] as unknown as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const interference = planned.get(name)?.shift();
        await interference?.before?.(args);
        const answer = await method.apply(target, args);
        await interference?.after?.();
        return answer;
      };
    },
  });
  return { store, trouble: troubleOf(inner, plan) };
}

function troubleOf(inner: Store, plan: (method: MethodName, interference: Interference) => void): Trouble {
  return {
    rivalTakes(index) {
      plan('commit', { before: (args) => commitAsRival(inner, (args[0] as readonly Change[])[index]!) });
    },
    arrivesBeforeCommit(event) {
      plan('commit', { before: async () => void (await inner.ingest([event])) });
    },
    loseAnswer(method) {
      plan(method, {
        after: () => {
          throw new AnswerLost(`the answer of ${method} was lost`);
        },
      });
    },
    delayAnswer(method) {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      plan(method, { after: () => released });
      return release;
    },
    crashBefore(method) {
      plan(method, {
        before: () => {
          throw new Crashed(`crashed before ${method}`);
        },
      });
    },
  };
}

async function commitAsRival(inner: Store, change: Change): Promise<void> {
  const [loaded] = await inner.load([change.person.id]);
  if (loaded === undefined) throw new Error(`no person ${change.person.id} for a rival to take`);
  const { person, inboxSeq } = loaded;
  const theirs: Change = {
    person: { ...person, rev: person.rev + 1 },
    inboxSeq,
    exclusive: false,
    wakeAt: change.wakeAt,
    lane: change.lane,
  };
  const [outcome] = await inner.commit([theirs], null);
  if (outcome !== 'won') throw new Error(`the rival of ${change.person.id} lost`);
}
