// Blocks of steps: which verb a step has, what it is called, and who else took that name.

import type { Place } from './errors.ts';
import type { Step } from './journey.ts';
import { referTo } from './message-references.ts';
import { actingVerbs } from './steps/acts.ts';
import { branchingVerbs } from './steps/branches.ts';
import { reachVerb } from './steps/ladder.ts';
import { sendVerbs } from './steps/sends.ts';
import type { PendingSignal, StepReading, Verb } from './steps/verb.ts';
import { COMMON } from './steps/verb.ts';
import { waitForVerb } from './steps/wait-for.ts';
import { waitVerb } from './steps/waits.ts';
import { suggest } from './suggest.ts';
import { idsOf, messagesOf } from './walk.ts';
import { readFields, spaceHint } from './yaml/compound.ts';
import type { MapNode, YamlNode } from './yaml/node.ts';
import type { Reader } from './yaml/shape.ts';
import { mismatch } from './yaml/shape.ts';

export const VERBS: readonly Verb[] = [
  ...sendVerbs,
  reachVerb,
  waitVerb,
  waitForVerb,
  ...branchingVerbs,
  ...actingVerbs,
];

/** Verbs of a later version. */
export const LATER_VERBS: Readonly<Record<string, string>> = {
  send: 'sending on the best channel',
  coupon: 'coupons',
  call: 'HTTP calls',
  notify: 'notifying staff',
};

/** More steps in steps than this are nobody's journey. */
const MAX_NESTING = 50;
const MAX_STEPS = 2_000;

/** Reads the steps of one journey and keeps what is known about all of them. */
export class StepReader {
  private readonly reader: Reader;
  private readonly taken = new Map<string, Place>();
  private readonly pending: { readonly awaited: PendingSignal; readonly place: Place }[] = [];
  private readonly read = new Set<YamlNode>();
  private count = 0;
  private depth = 0;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  block(node: YamlNode | null, prefix: string): readonly Step[] {
    if (node === null) return [];
    this.read.add(node);
    if (node.kind !== 'list') {
      mismatch(
        node,
        `"${prefix === '' ? 'steps' : (prefix.split('.').at(-1) ?? '')}"`,
        'a list of steps, each on a line beginning with "- "',
        this.reader,
      );
      return [];
    }
    this.depth += 1;
    if (this.depth > MAX_NESTING)
      this.reader.error(
        'E_TOO_DEEP',
        node.place,
        `steps stand in steps more than ${MAX_NESTING} deep. Make a journey of its own from the inner ones.`,
      );
    const steps =
      this.depth > MAX_NESTING
        ? []
        : node.items.map((item, n) => this.step(item, prefix === '' ? String(n + 1) : `${prefix}.${n + 1}`));
    this.depth -= 1;
    return steps.filter((step) => step !== undefined);
  }

  /** Finds the messages that signals were asked of, once all steps are read. What is `mentioned` in a step that could not be read is not missing. */
  settle(steps: readonly Step[], mentioned: ReadonlySet<string>): void {
    const messages = messagesOf({ steps });
    const candidates = new Set([
      ...messages.map(({ send }) => send.template),
      ...idsOf({ steps }).filter((id) => messages.some((message) => message.id === id)),
    ]);
    for (const { awaited, place } of this.pending) {
      const referred = referTo(messages, awaited.message);
      if (referred.kind === 'message') awaited.messageStep = referred.id;
      else if (referred.kind === 'several')
        this.reader.error('E_AMBIGUOUS_STEP', place, ambiguous(awaited.message, referred.ids));
      else if (!mentioned.has(awaited.message))
        this.reader.error('E_UNKNOWN_STEP', place, unknownStep(awaited.message, candidates));
    }
  }

  private step(node: YamlNode, position: string): Step | undefined {
    this.count += 1;
    if (this.count === MAX_STEPS + 1)
      this.reader.error('E_TOO_LARGE', node.place, `a journey has ${MAX_STEPS} steps at most. Split it.`);
    if (this.count > MAX_STEPS) return undefined;
    const hint = spaceHint(node, [...VERB_KEYS, ...Object.keys(LATER_VERBS)]);
    if (node.kind !== 'map')
      return mismatch(node, `step ${position}`, 'a map with one verb, such as wait: 2h', this.reader, hint);
    const verb = this.verbOf(node, position);
    return verb === undefined ? undefined : this.stepWith(verb, node, position);
  }

  private stepWith(verb: Verb, node: MapNode, position: string): Step | undefined {
    const own = pick(node, verb.key === 'if' ? ['id', 'note'] : Object.keys(COMMON));
    const common = readFields(own, COMMON, { expects: 'a step' }, this.reader) ?? { id: null, note: null, if: null };
    const id = common.id ?? position;
    const place = placeOf(node, verb.key);
    this.claim(id, common.id === null ? place : placeOf(node, 'id'));
    const body = verb.read(node, this.reading(id, common.id !== null, place));
    this.readLeft(node, id);
    if (body === undefined) return undefined;
    return { id, named: common.id !== null, note: common.note, guard: common.if, place, ...body } as Step;
  }

  /** Reads blocks whose step or case could not be read, for the faults inside them. */
  private readLeft(node: YamlNode, prefix: string): void {
    if (node.kind === 'list') for (const item of node.items) this.readLeft(item, prefix);
    if (node.kind !== 'map') return;
    for (const { key, value } of node.entries.filter((entry) => !this.read.has(entry.value) && !FREE.has(entry.key))) {
      if (BLOCKS.has(key) && value.kind === 'list') this.block(value, `${prefix}.${key}`);
      else this.readLeft(value, prefix);
    }
  }

  private reading(id: string, named: boolean, place: Place): StepReading {
    return {
      reader: this.reader,
      id,
      named,
      place,
      block: (node, prefix) => this.block(node, prefix),
      claim: (taken, at) => this.claim(taken, at),
      refer: (awaited, at) => this.pending.push({ awaited, place: at }),
    };
  }

  private claim(id: string, place: Place): void {
    const first = this.taken.get(id);
    if (first === undefined) this.taken.set(id, place);
    else
      this.reader.error(
        'E_DUPLICATE_ID',
        place,
        `"${id}" is the id of the step on line ${first.line} already. Give one of them another id.`,
      );
  }

  /** The one verb of a step; `if` is a verb only where no other stands beside it. */
  private verbOf(node: MapNode, place: string): Verb | undefined {
    const found = VERBS.filter(({ key }) => node.entries.some((entry) => entry.key === key));
    const verbs = found.length > 1 ? found.filter(({ key }) => key !== 'if') : found;
    const [verb, second] = verbs;
    if (second !== undefined)
      return this.reader.error(
        'E_TWO_VERBS',
        node.place,
        `a step has one verb, and here are "${verbs.map(({ key }) => key).join('" and "')}". Make two steps of it: begin the second with "- ".`,
      );
    if (verb?.key === 'if' && this.misspelt(node) !== undefined) return this.unknownVerb(node, place);
    return verb ?? this.unknownVerb(node, place);
  }

  /** A key beside `if` that is no option of a branch: most likely the verb, misspelt. */
  private misspelt(node: MapNode) {
    if (node.entries.some(({ key }) => key === 'do')) return undefined;
    return node.entries.find(
      ({ key }) => !OPTIONS.has(key) && (suggest(key, VERB_KEYS) !== null || LATER_VERBS[key] !== undefined),
    );
  }

  private unknownVerb(node: MapNode, place: string): undefined {
    const awaited = node.entries.find(({ key }) => LATER_VERBS[key] !== undefined);
    if (awaited !== undefined)
      return this.reader.error(
        'E_NOT_YET',
        awaited.place,
        `"${awaited.key}" (${LATER_VERBS[awaited.key]}) is not available in this version.`,
      );
    const odd = node.entries.find(({ key }) => !OPTIONS.has(key));
    if (odd === undefined)
      return this.reader.error(
        'E_NO_VERB',
        node.place,
        `step ${place} has no verb. It needs one of ${VERB_KEYS.join(', ')}.`,
      );
    const near = suggest(odd.key, VERB_KEYS);
    return this.reader.error(
      'E_UNKNOWN_VERB',
      odd.place,
      `no verb "${odd.key}". ${near === null ? `A step has one of ${VERB_KEYS.join(', ')}.` : `Did you mean "${near}"?`}`,
    );
  }
}

const BLOCKS: ReadonlySet<string> = new Set(['do', 'else']);
/** Free data: a `do` in there is the author's own. */
const FREE: ReadonlySet<string> = new Set(['with', 'set', 'update', 'data']);
const VERB_KEYS = VERBS.map(({ key }) => key);
const OPTIONS: ReadonlySet<string> = new Set([
  ...Object.keys(COMMON),
  ...VERBS.flatMap(({ key, fields }) => Object.keys(fields).filter((field) => field !== key)),
]);

/** Where a key of a step stands. */
function placeOf(node: MapNode, key: string): Place {
  return node.entries.find((entry) => entry.key === key)?.place ?? node.place;
}

/** The map with some of its keys only. */
function pick(node: MapNode, keys: readonly string[]): MapNode {
  return { ...node, entries: node.entries.filter(({ key }) => keys.includes(key)) };
}

/** `no step "remnd". Did you mean "reminder"?` */
export function unknownStep(reference: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const near = suggest(reference, all);
  if (near !== null) return `no step "${reference}". Did you mean "${near}"?`;
  return `no step "${reference}" sends a message. ${all.length === 0 ? 'This journey sends none.' : `Messages here are ${all.slice(0, 12).join(', ')}.`}`;
}

export function ambiguous(reference: string, ids: readonly string[]): string {
  return `"${reference}" means several messages: ${ids.join(', ')}. Name one of these ids, or give the send you mean an id of its own.`;
}
