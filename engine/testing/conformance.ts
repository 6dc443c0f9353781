// The conformance specs under engine/laboratory/conformance: each entry holds a sentence of docs/language.md and becomes
// a workspace of its own, to be run by the laboratory and over HTTP alike.

import { readdirSync, readFileSync } from 'node:fs';
import { Document, isAlias, isMap, isScalar, isSeq, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { createSandbox } from '../../channels/sandbox/sandbox.ts';
import type { LabParts } from '../laboratory/world.ts';
import type { Fault } from '../language/errors.ts';
import { readJourney } from '../language/read-journey.ts';
import { readWorkspace } from '../language/read-workspace.ts';
import { messagesOf } from '../language/walk.ts';
import type { Files, Workspace } from '../language/workspace.ts';
import type { Renderer } from '../runtime/render/renderer.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { createLocalWakeups } from '../wakeups/local.ts';

const FOLDER = new URL('../laboratory/conformance/', import.meta.url);

/** What every entry begins with: UTC, no quiet hours, no caps, nobody asked for more than a yes. */
const SETTINGS = 'brand: { name: Lumen, url: https://lumen.example }\ntimezone: UTC\nlocale: en\ncurrency: EUR\n';
const PROFILE = { id: 'anna', consent: ['email', 'sms', 'push'] };
/** A Monday. */
const START = '2026-03-02T12:00:00Z';

/** YAML as typed: every scalar a text. */
type Tree = string | readonly Tree[] | { readonly [key: string]: Tree } | undefined;

/** One entry: the sentences it holds, and the workspace that shows them. */
export interface Entry {
  readonly sentences: readonly string[];
  readonly title: string;
  readonly file: string;
  /** `waits.yaml #3`. */
  readonly place: string;
  /** Why it cannot be told to a real server over HTTP, or null. */
  readonly laboratoryOnly: string | null;
  readonly journey: string;
  readonly files: Files;
  /** What each case lays upon tropa.yaml. */
  readonly overrides: readonly Tree[];
}

/** Every entry of every file. Scalars stay as typed: the reader of specs judges them, not YAML's own schema. */
export function conformanceEntries(): Entry[] {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml') && name !== 'sentences.yaml')
    .sort();
  return files.flatMap((name) => {
    const document = parseDocument(readFileSync(new URL(name, FOLDER), 'utf8'), {
      schema: 'failsafe',
      uniqueKeys: true,
    });
    const { contents, errors } = document;
    if (errors[0] !== undefined) throw new Error(`${name}: ${errors[0].message}`);
    if (!isSeq(contents)) throw new Error(`${name} is a list of entries`);
    return contents.items.map((item, n) => {
      if (!isMap(item)) throw new Error(`${name} #${n + 1} is a map`);
      // One journey may serve several sentences of a file.
      const map = item as YAMLMap<Scalar, unknown>;
      for (const pair of map.items) if (isAlias(pair.value)) pair.value = pair.value.resolve(document);
      return entryOf(map, `${name} #${n + 1}`);
    });
  });
}

function entryOf(map: YAMLMap<Scalar, unknown>, place: string): Entry {
  const sentence = map.get('sentence', true) as unknown;
  const sentences = isSeq(sentence) ? (sentence.toJSON() as string[]) : [String(map.get('sentence'))];
  const journeyText = String(map.get('journey') ?? '');
  const journey = /^journey: *([a-z0-9-]+)/m.exec(journeyText)?.[1] ?? 'c';
  const title = sentences[0] ?? place;
  const files = new Map<string, string>([
    ['tropa.yaml', settingsText(map.get('settings', true))],
    [`${journey}/journey.yaml`, journeyText],
    [`${journey}/journey.spec.yaml`, specText(map, journey, title)],
    ...templatesOf(journey, journeyText, map.get('templates', true)),
  ]);
  const why = map.get('laboratory_only');
  return {
    sentences,
    title,
    file: place.split(' ')[0] ?? '',
    place,
    laboratoryOnly: why === undefined ? null : String(why),
    journey,
    files,
    overrides: overridesOf(map.get('cases', true)),
  };
}

/** The defaults, each key replaced by the entry's own. */
function settingsText(own: unknown): string {
  const base = parseDocument(SETTINGS, { schema: 'failsafe' });
  if (isMap(own)) for (const pair of own.items) base.set(pair.key, pair.value as unknown);
  return base.toString({ lineWidth: 0 });
}

function specText(map: YAMLMap<Scalar, unknown>, journey: string, title: string): string {
  const spec = new Document({ journey }, { schema: 'failsafe' });
  spec.set('profile', (map.get('profile', true) as unknown) ?? PROFILE);
  const cases = map.get('cases', true);
  if (!isSeq(cases)) throw new Error(`"cases" of "${title}" is a list`);
  cases.items.forEach((one, n) => {
    if (!isMap(one)) throw new Error(`a case of "${title}" is not a map`);
    if (!one.has('name')) one.set('name', `${title} (${n + 1})`);
    if (!one.has('start')) one.set('start', START);
  });
  spec.set('cases', cases);
  return spec.toString({ lineWidth: 0 });
}

const MADE: Readonly<Record<string, (name: string) => string>> = {
  email: (name) => `subject: ${name}\n---\n${name} https://lumen.example/${name}`,
  sms: (name) => `${name} https://lumen.example/${name}`,
  push: (name) => `title: ${name}\nlink: https://lumen.example/${name}\n---\n${name}`,
};

/** The entry's templates, and one of its own name for each other template the journey sends. */
function templatesOf(journey: string, text: string, own: unknown): [string, string][] {
  const given = isMap(own)
    ? own.items.map((pair): [string, string] => [
        String(isScalar(pair.key) ? pair.key.value : pair.key),
        String(isScalar(pair.value) ? pair.value.value : ''),
      ])
    : [];
  const { journey: read } = readJourney(`${journey}/journey.yaml`, text);
  const named = read === undefined ? [] : messagesOf(read).map(({ send }) => send);
  const made = named
    .filter(
      ({ channel, template }) =>
        !given.some(([name]) => name.startsWith(`${template}.`) && name.includes(`.${channel}.`)),
    )
    .map(({ channel, template }): [string, string] => [`${template}.${channel}.txt`, MADE[channel]?.(template) ?? '']);
  return [...new Map([...given, ...made])].map(([name, body]) => [`${journey}/${name}`, body]);
}

/** Reads an entry's workspace; errors are what nobody wants. */
export function workspaceOf(entry: Entry): { workspace: Workspace; errors: readonly Fault[] } {
  const { workspace, faults } = readWorkspace(entry.files, {});
  return { workspace, errors: faults.filter((fault) => fault.severity === 'error') };
}

/** The adapters a laboratory stands on. */
export function laboratoryParts(renderer: Renderer): LabParts {
  return { store: createMemoryStore, wakeups: createLocalWakeups, sandbox: createSandbox, renderer };
}

function overridesOf(cases: unknown): Tree[] {
  return isSeq(cases)
    ? cases.items.map((one) => (isMap(one) ? (one.toJSON() as { settings?: Tree }).settings : undefined))
    : [];
}

/** tropa.yaml as the n-th case has it: maps key by key, everything else whole, as the language reference says. */
export function settingsOfCase(entry: Entry, n: number): string {
  const text = entry.files.get('tropa.yaml') ?? '';
  const base = parseDocument(text, { schema: 'failsafe' }).toJSON() as Tree;
  return new Document(laid(base, entry.overrides[n]), { schema: 'failsafe' }).toString({ lineWidth: 0 });
}

function laid(base: Tree, over: Tree): Tree {
  if (over === undefined) return base;
  if (!isTree(base) || !isTree(over)) return over;
  return { ...base, ...Object.fromEntries(Object.entries(over).map(([key, value]) => [key, laid(base[key], value)])) };
}

function isTree(value: Tree): value is { readonly [key: string]: Tree } {
  return typeof value === 'object' && !Array.isArray(value);
}
