// What an edit changes, as data a screen can put into words: steps that came, went or are other, and settings of the
// journey that are.

import type { Journey } from '../journey.ts';
import type { Picture, PictureNode } from './picture.ts';

export interface StepChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly step: PictureNode;
  /** What the step was, where it is changed. */
  readonly was: PictureNode | null;
  /** How long people rest right before it, in milliseconds; null where they do not, or as long as it depends. */
  readonly after: number | null;
}

export interface Changes {
  readonly steps: readonly StepChange[];
  /** Names of what else is other: `status`, `trigger`, `audience` … */
  readonly settings: readonly string[];
}

/** Compares two versions of a journey. */
export function changesBetween(
  was: { journey: Journey; picture: Picture },
  is: { journey: Journey; picture: Picture },
): Changes {
  return { steps: stepChanges(was.picture, is.picture), settings: settingChanges(was.journey, is.journey) };
}

const SETTINGS = ['title', 'status', 'category', 'priority', 'audience', 'reenter', 'holdout'] as const;
const PARTS = { trigger: 'triggers', exit: 'exits', goal: 'goal' } as const;

function settingChanges(was: Journey, is: Journey): string[] {
  const parts = Object.entries(PARTS).map(([name, key]) => [name, key] as const);
  return [...SETTINGS.map((key) => [key, key] as const), ...parts]
    .filter(([, key]) => asText(was[key]) !== asText(is[key]))
    .map(([name]) => name);
}

/** As typed: places in the file and parsed trees are no difference. */
function asText(value: unknown): string {
  return JSON.stringify(value, (key, inner) => (key === 'place' || key === 'tree' ? undefined : inner)) ?? '';
}

const isStep = ({ id }: PictureNode): boolean => !id.startsWith('$');
const signature = ({ verb, sends, texts, millis }: PictureNode): string => JSON.stringify([verb, sends, texts, millis]);

/** Steps are matched by what they do, in order: positions shift when one is put between. */
function stepChanges(was: Picture, is: Picture): StepChange[] {
  const [old, now] = [was.nodes.filter(isStep), is.nodes.filter(isStep)];
  const kept = commonOf(old, now);
  const gone = old.filter((node) => !kept.old.has(node));
  const come = now.filter((node) => !kept.now.has(node));
  const changes: StepChange[] = [];
  for (const step of come) {
    // The same step with other words, rather than one gone and one come.
    const twin = gone.findIndex((one) => one.verb === step.verb && (one.id === step.id || sameSend(one, step)));
    const [before = null] = twin < 0 ? [] : gone.splice(twin, 1);
    const kind = before === null ? 'added' : 'changed';
    changes.push({ kind, step, was: before, after: restBefore(is, step.id) });
  }
  return [
    ...changes,
    ...gone.map((step): StepChange => ({ kind: 'removed', step, was: null, after: restBefore(was, step.id) })),
  ];
}

function sameSend(a: PictureNode, b: PictureNode): boolean {
  return a.sends.length > 0 && JSON.stringify(a.sends) === JSON.stringify(b.sends);
}

/** The longest common run of steps, by what they do. */
function commonOf(
  old: readonly PictureNode[],
  now: readonly PictureNode[],
): { old: Set<PictureNode>; now: Set<PictureNode> } {
  const runs = runLengths(old.map(signature), now.map(signature));
  const kept = { old: new Set<PictureNode>(), now: new Set<PictureNode>() };
  let [a, b] = [0, 0];
  for (;;) {
    const [one, other] = [old[a], now[b]];
    if (one === undefined || other === undefined) return kept;
    if (signature(one) === signature(other)) {
      kept.old.add(one);
      kept.now.add(other);
      a += 1;
      b += 1;
    } else if ((runs[a + 1]?.[b] ?? 0) >= (runs[a]?.[b + 1] ?? 0)) a += 1;
    else b += 1;
  }
}

/** How long the common run from each pair of places on is. */
function runLengths(old: readonly string[], now: readonly string[]): number[][] {
  const runs: number[][] = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let a = old.length - 1; a >= 0; a -= 1)
    for (let b = now.length - 1; b >= 0; b -= 1) {
      const [below, row] = [runs[a + 1] as number[], runs[a] as number[]];
      row[b] = old[a] === now[b] ? 1 + (below[b + 1] ?? 0) : Math.max(below[b] ?? 0, row[b + 1] ?? 0);
    }
  return runs;
}

/** Where one comes from several steps, it depends. */
function restBefore({ nodes, edges }: Picture, id: string): number | null {
  const [before, ...others] = edges.filter(({ to }) => to === id);
  if (before === undefined || others.length > 0) return null;
  return nodes.find((node) => node.id === before.from)?.millis ?? null;
}
