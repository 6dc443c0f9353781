// A compiled journey as a picture: one node a step, one way between any two, however many phases and branches lie
// between. What stands on it is data for a screen in any language; the words are the screen's.

import type { Awaited, Journey, Rung, Send, Step, Trigger, Wait } from '../journey.ts';
import { everyStep } from '../walk.ts';
import type { CompiledJourney } from './compile.ts';
import { reachableFrom } from './mermaid.ts';
import type { Branch, StateSpec } from './states.ts';

/** Where everybody begins. A `$` cannot begin a step id. */
export const ENTRY = '$entry';

export interface PictureSend {
  readonly channel: string;
  readonly template: string;
}

export interface PictureNode {
  /** The step's id; `$entry`, `$completed` and `$exited` are no steps. */
  readonly id: string;
  readonly verb: StateSpec['verb'] | 'entry' | 'rung';
  /** Line in `journey.yaml`, from 1; null for what stands nowhere. */
  readonly line: number | null;
  readonly note: string | null;
  /** What it sends, of a send or a rung. */
  readonly sends: readonly PictureSend[];
  /** What it is about as typed: conditions, events, templates, tags. */
  readonly texts: readonly string[];
  /** How long it rests at most, in milliseconds, where that is fixed. */
  readonly millis: number | null;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  /** Why one goes this way, as the language names it: `opened`, `else`, a condition. */
  readonly labels: readonly string[];
}

export interface Picture {
  readonly journey: string;
  readonly title: string;
  readonly status: Journey['status'];
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** Draws what can be reached, the entry first, in the order of the file. */
export function drawPicture({
  journey,
  states,
  start,
}: Pick<CompiledJourney, 'journey' | 'states' | 'start'>): Picture {
  const reachable = reachableFrom(states, start);
  const drawn = states.filter((state) => reachable.has(state.key));
  const byKey = new Map(drawn.map((state) => [state.key, state]));
  const steps = new Map(everyStep(journey.steps).map((step) => [step.id, step]));
  const rungs = new Map([...steps.values()].flatMap((step) => rungsOf(step)));
  // A ladder's own state only leads to its first rung: the picture goes straight there.
  const through = new Map(drawn.filter((one) => steps.get(one.step)?.verb === 'reach').map((one) => [one.step, one]));
  const edges = new Edges();
  const from = (id: string, branches: readonly Branch[], prefix: string) => {
    for (const branch of branches)
      for (const { step, label } of landings(branch, byKey, through)) edges.add(id, step, joined(prefix, label));
  };
  from(ENTRY, start, '');
  for (const state of drawn) {
    if (through.has(state.step)) continue;
    from(state.step, told(state, steps), '');
    if (state.after !== null) from(state.step, state.after.branches, afterLabel(state));
  }
  const ids = [...new Set(drawn.map((state) => state.step))].filter((id) => !through.has(id));
  const order = new Map([...steps.keys(), ...rungs.keys()].map((id, n) => [id, n]));
  const nodes = ids.map((id) => nodeOf(id, steps.get(id), rungs.get(id), drawn));
  const lineOf = (node: PictureNode) => node.line ?? (node.id.startsWith('$') ? Infinity : (order.get(node.id) ?? 0));
  nodes.sort((a, b) => lineOf(a) - lineOf(b));
  return {
    journey: journey.id,
    title: journey.title,
    status: journey.status,
    nodes: [entryNode(journey), ...nodes],
    edges: edges.all(),
  };
}

function rungsOf(step: Step): (readonly [string, Rung])[] {
  return step.verb === 'reach' ? step.rungs.map((rung) => [rung.id, rung] as const) : [];
}

/** Ways of a state worth a line: of a split only its variants, for their weights fill the hundred. */
function told(state: StateSpec, steps: ReadonlyMap<string, Step>): readonly Branch[] {
  if (steps.get(state.step)?.verb !== 'split') return state.branches;
  return state.branches.filter((branch) => branch.label !== '');
}

function afterLabel({ verb, after }: StateSpec): string {
  return verb === 'wait' || after === null || after.label.startsWith('after') ? '' : after.label;
}

function landings(
  branch: Branch,
  byKey: ReadonlyMap<string, StateSpec>,
  through: ReadonlyMap<string, StateSpec>,
): { step: string; label: string }[] {
  const state = byKey.get(branch.to);
  if (state === undefined) return [];
  if (!through.has(state.step)) return [{ step: state.step, label: branch.label }];
  return state.branches.flatMap((inner) =>
    landings(inner, byKey, through).map(({ step, label }) => ({ step, label: branch.label || label })),
  );
}

const joined = (prefix: string, label: string): string => (label === '' ? prefix : label);

class Edges {
  readonly #all = new Map<string, { from: string; to: string; labels: Set<string> }>();

  add(from: string, to: string, label: string): void {
    if (from === to) return;
    const key = `${from} ${to}`;
    const edge = this.#all.get(key) ?? { from, to, labels: new Set<string>() };
    if (label !== '') edge.labels.add(label);
    this.#all.set(key, edge);
  }

  all(): PictureEdge[] {
    return [...this.#all.values()].map(({ from, to, labels }) => ({ from, to, labels: [...labels] }));
  }
}

const BLANK = { line: null, note: null, sends: [], texts: [], millis: null };

function entryNode({ triggers }: Journey): PictureNode {
  const idle = triggers.find((trigger) => trigger.kind === 'event' && trigger.idle !== null);
  return {
    ...BLANK,
    id: ENTRY,
    verb: 'entry',
    line: triggers[0]?.place.line ?? null,
    texts: triggers.flatMap(triggerTexts),
    millis: idle?.kind === 'event' ? idle.idle : null,
  };
}

function triggerTexts(trigger: Trigger): string[] {
  return [trigger.kind === 'event' ? trigger.event : 'api', ...(trigger.if === null ? [] : [trigger.if.text])];
}

function nodeOf(id: string, step: Step | undefined, rung: Rung | undefined, drawn: readonly StateSpec[]): PictureNode {
  if (step !== undefined) {
    const guard = step.guard === null ? [] : [step.guard.text];
    const { sends = [], texts = [], millis = null } = detailOf(step);
    return { id, verb: step.verb, line: step.place.line, note: step.note, sends, texts: [...texts, ...guard], millis };
  }
  if (rung !== undefined)
    return {
      ...BLANK,
      id,
      verb: 'rung',
      line: rung.place.line,
      sends: rung.sends.map(({ send }) => sendOf(send)),
      texts: rung.if === null ? [] : [rung.if.text],
      millis: rung.for,
    };
  const state = drawn.find((one) => one.step === id);
  return { ...BLANK, id, verb: state?.verb ?? 'end', line: state?.place?.line ?? null };
}

const sendOf = ({ channel, template }: Send): PictureSend => ({ channel, template });

interface Detail {
  readonly sends?: readonly PictureSend[];
  readonly texts?: readonly string[];
  readonly millis?: number | null;
}

function detailOf(step: Step): Detail {
  switch (step.verb) {
    case 'send':
      return { sends: [sendOf(step.send)] };
    case 'wait':
      return waitDetail(step.wait);
    case 'wait_for':
      return { texts: step.waits.map(awaitedText), millis: step.within };
    case 'if':
      return { texts: [step.condition.text] };
    case 'choose':
      return { texts: step.cases.map((one) => one.if.text) };
    case 'split':
      return { texts: step.variants.map(({ name, weight }) => `${name} ${weight} %`) };
    case 'repeat':
      return { texts: [`${step.times}×`, ...(step.until === null ? [] : [step.until.text])], millis: step.every };
    default:
      return actDetail(step);
  }
}

function actDetail(step: Step): Detail {
  switch (step.verb) {
    case 'update':
    case 'set':
      return { texts: Object.keys(step.fields) };
    case 'tag':
    case 'untag':
      return { texts: step.tags };
    case 'emit':
      return { texts: [step.event] };
    case 'exit':
      return { texts: [step.outcome] };
    default:
      return {};
  }
}

function awaitedText(awaited: Awaited): string {
  return awaited.kind === 'event' ? awaited.event : `${awaited.signal}: ${awaited.message}`;
}

function waitDetail(wait: Wait): Detail {
  if (wait.kind === 'for') return { millis: wait.for };
  const clock = wait.at === null ? [] : [`${two(wait.at.hour)}:${two(wait.at.minute)}`];
  if (wait.kind === 'until') return { texts: [wait.until.text, ...clock] };
  return { texts: [...(wait.days === null ? [] : [`${wait.days}d`]), ...clock] };
}

const two = (n: number): string => String(n).padStart(2, '0');
