// A compiled journey as a Mermaid state diagram.

import type { CompiledJourney } from './compile.ts';
import type { Branch, StateSpec } from './states.ts';

/** Draws every state and way; each way once, however many branches lead along it. */
export function drawMermaid({ states, start }: Pick<CompiledJourney, 'states' | 'start'>): string {
  const reachable = reachableFrom(states, start);
  const drawn = states.filter((state) => reachable.has(state.key));
  const names = new Map(drawn.map((state, n) => [state.key, `s${n}`]));
  const lines = ['stateDiagram-v2'];
  for (const state of drawn) lines.push(`  state "${quote(title(state))}" as ${names.get(state.key)}`);
  lines.push(...ways('[*]', start, names, ''));
  for (const state of drawn) {
    const from = names.get(state.key) ?? '';
    lines.push(
      ...ways(from, state.branches, names, ''),
      ...(state.after === null ? [] : ways(from, state.after.branches, names, state.after.label)),
    );
    if (state.final) lines.push(`  ${from} --> [*]`);
  }
  return lines.join('\n');
}

function title({ step, phase, verb }: StateSpec): string {
  if (verb === 'end') return step.slice(1);
  return phase === null ? `${step} ${verb}` : `${step} ${phase}`;
}

function ways(from: string, branches: readonly Branch[], names: ReadonlyMap<string, string>, prefix: string): string[] {
  const labels = new Map<string, Set<string>>();
  for (const { to, label } of branches)
    labels.set(to, (labels.get(to) ?? new Set()).add([prefix, label].filter((part) => part !== '').join(': ')));
  return [...labels].flatMap(([to, said]) => {
    const target = names.get(to);
    const text = quote([...said].filter((one) => one !== '').join(' / '));
    return target === undefined ? [] : [`  ${from} --> ${target}${text === '' ? '' : ` : ${text}`}`];
  });
}

/** States that can be reached at all. */
export function reachableFrom(states: readonly StateSpec[], start: readonly Branch[]): Set<string> {
  const byKey = new Map(states.map((state) => [state.key, state]));
  const seen = new Set<string>();
  const open = start.map((branch) => branch.to);
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const state = byKey.get(key);
    if (state === undefined || seen.has(key)) continue;
    seen.add(key);
    open.push(...[...state.branches, ...(state.after?.branches ?? [])].map((branch) => branch.to));
  }
  return seen;
}

/** Mermaid ends a label at a line break and reads quotes, semicolons and hashes. */
function quote(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll('#', '＃')
    .replaceAll(';', ',')
    .replaceAll(':', '∶')
    .replace(/\s+/g, ' ')
    .slice(0, 80);
}
