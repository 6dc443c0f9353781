// The workspace as workers see it: read from the store, compiled once a version, refreshed when its revision rises.

import type { Logger } from 'pino';
import { isConfirming } from '../core/confirm.ts';
import type { Definitions, Door, LiveJourney } from '../core/definitions.ts';
import type { CompiledJourney } from '../language/compile/compile.ts';
import { compile } from '../language/compile/compile.ts';
import { FORMAT } from '../language/format.ts';
import { readJourney } from '../language/read-journey.ts';
import { readWorkspace } from '../language/read-workspace.ts';
import type { Category, Settings } from '../language/settings.ts';
import type { Channel, Template } from '../language/template.ts';
import { chooseTemplate } from '../language/template.ts';
import type { Store, StoredWorkspace } from '../ports/store.ts';
import { Beyond, type BeyondVersion, type Strange } from './beyond.ts';
import { heldSince } from './held.ts';

/** Definitions with what hand-over needs besides: templates as of now. */
export interface Workshop extends Definitions {
  /** Whether something transactional may be sent for this event. */
  urgent(event: string): boolean;
  readonly revision: number;
  /** What a newer release wrote and this one does not understand. */
  readonly strange: Strange;
  /** Every journey, by priority. */
  readonly journeys: readonly LiveJourney[];
  /** The template for a person of this locale, or undefined. */
  template(
    journey: string,
    name: string,
    channel: Channel,
    locale: string,
  ): { html: Template; text: Template | undefined } | undefined;
}

/** What the channels say of themselves. */
export type ChannelFacts = Pick<Materials, 'tellsDelivery' | 'gate'>;

interface ReaderParts {
  readonly store: Store;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

/** Keeps compiled versions over refreshes: a version never changes. */
export class DefinitionReader {
  readonly #store: Store;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #channels: ChannelFacts;
  readonly #versions = new Map<string, CompiledJourney>();
  readonly #beyond: Beyond;

  constructor({ store, env, logger }: ReaderParts, channels: ChannelFacts) {
    this.#store = store;
    this.#env = env;
    this.#beyond = new Beyond(logger);
    this.#channels = channels;
  }

  /** Reads the store's workspace as it is now. */
  async read(): Promise<Workshop> {
    const stored = await this.#store.workspace();
    const { workspace } = readWorkspace(filesOf(stored), this.#env);
    const held = (await heldSince(this.#store)) !== null;
    const live: LiveJourney[] = [];
    const current: BeyondVersion[] = [];
    for (const { id, current: hash, paused, archived } of stored.journeys) {
      const compiled = await this.compiled(hash);
      const beyond = this.#beyond.get(hash);
      if (compiled !== undefined) live.push({ compiled, paused: paused || held, archived });
      else if (beyond === undefined) throw new Error(`journey ${id} points at a version that is not there`);
      else if (!archived) current.push(beyond);
    }
    return assemble({
      revision: stored.revision,
      held,
      settings: workspace.settings,
      templates: workspace.templates,
      live,
      versions: this.#versions,
      strange: { current, version: (hash) => this.#beyond.get(hash) },
      ...this.#channels,
    });
  }

  /** Makes sure versions that people are inside of are at hand. */
  async ensure(hashes: Iterable<string>): Promise<void> {
    for (const hash of hashes) if (!this.#versions.has(hash)) await this.compiled(hash);
  }

  async compiled(hash: string): Promise<CompiledJourney | undefined> {
    const known = this.#versions.get(hash);
    if (known !== undefined || this.#beyond.get(hash) !== undefined) return known;
    const version = await this.#store.version(hash);
    if (version === null) return undefined;
    const isOurs = (version.format ?? 1) <= FORMAT;
    const journey = isOurs ? readJourney(`${version.journey}/journey.yaml`, version.yaml).journey : undefined;
    if (journey === undefined) {
      this.#beyond.add(version);
      return undefined;
    }
    const compiled = compile(journey, hash);
    this.#versions.set(hash, compiled);
    return compiled;
  }
}

/** Settings and templates by their place in a workspace's folder. */
function filesOf({ settings, journeys }: StoredWorkspace): Map<string, string> {
  const files = new Map([['tropa.yaml', settings]]);
  for (const { id, templates } of journeys)
    for (const [file, text] of Object.entries(templates)) if (!file.endsWith('.yaml')) files.set(`${id}/${file}`, text);
  return files;
}

export interface Materials {
  readonly revision: number;
  readonly held?: boolean;
  readonly settings: Settings;
  readonly templates: readonly Template[];
  readonly live: readonly LiveJourney[];
  readonly versions: ReadonlyMap<string, CompiledJourney>;
  readonly strange?: Strange;
  readonly tellsDelivery: (channel: Channel) => boolean;
  readonly gate?: NonNullable<Definitions['gate']>;
}

const FAMILIAR: Strange = { current: [], version: () => undefined };

/** Puts definitions together from what was read. */
export function assemble(materials: Materials): Workshop {
  const {
    revision,
    held = false,
    settings,
    templates,
    live,
    versions,
    tellsDelivery,
    gate,
    strange = FAMILIAR,
  } = materials;
  const journeys = [...live].sort(
    (a, b) =>
      b.compiled.journey.priority - a.compiled.journey.priority ||
      (a.compiled.journey.id < b.compiled.journey.id ? -1 : 1),
  );
  const byId = new Map(journeys.map((one) => [one.compiled.journey.id, one]));
  const doors = doorsOf(journeys);
  const heard = heardEvents(settings, versions.values());
  const unsure = strange.current.some(({ hears }) => hears === null);
  for (const name of strange.current.flatMap(({ hears }) => hears ?? [])) heard.add(name);
  const byName = groupBy(templates, (template) => `${template.journey}/${template.name}.${template.channel}`);
  const choose = (journey: string, name: string, channel: Channel, locale: string) =>
    byName.get(`${journey}/${name}.${channel}`)?.filter((one) => fits(one, locale)) ?? [];
  const find = (journey: string, name: string, channel: Channel, locale: string) => {
    const all = byName.get(`${journey}/${name}.${channel}`) ?? [];
    const main = chooseTemplate(
      channel === 'email' && all.some((one) => one.format !== 'txt') ? all.filter((one) => one.format !== 'txt') : all,
      locale,
    );
    if (main === undefined) return undefined;
    const text =
      main.format === 'txt'
        ? undefined
        : choose(journey, name, channel, main.locale ?? '').find(
            (one) => one.format === 'txt' && one.locale === main.locale,
          );
    return { html: main, text };
  };
  const categories = new Map<string, Category>();
  const category = (journey: string, template: string, channel: Channel): Category => {
    const key = `${journey}/${template}.${channel}`;
    const known = categories.get(key);
    if (known !== undefined) return known;
    const headers = find(journey, template, channel, settings.locale)?.html.headers ?? [];
    const own = headers.find((header) => header.name === 'category')?.value;
    const asks = channel === 'email' && isConfirming(settings, template);
    const found = asks
      ? asking(settings)
      : categoryOf(settings, own ?? byId.get(journey)?.compiled.journey.category ?? 'marketing');
    categories.set(key, found);
    return found;
  };
  const isUrgent = ({ compiled: { journey, sends } }: LiveJourney): boolean =>
    [...sends.values()].some((send) => category(journey.id, send.template, send.channel).transactional);
  const urgentEvents = new Set(
    [...doors].filter(([, all]) => all.some(({ live: one }) => isUrgent(one))).map(([event]) => event),
  );
  return {
    revision,
    held,
    strange,
    settings,
    journeys,
    journey: (id) => byId.get(id),
    version: (hash) => versions.get(hash),
    doors: (event) => doors.get(event) ?? [],
    category,
    urgent: (event) => urgentEvents.has(event),
    listens: (event) => unsure || heard.has(event),
    confirming: (template) => {
      const home = journeys.find(({ compiled: { journey } }) => byName.has(`${journey.id}/${template}.email`));
      return home && { journey: home.compiled.journey.id, version: home.compiled.hash };
    },
    tellsDelivery,
    ...(gate !== undefined && { gate }),
    template: find,
  };
}

function fits(template: Template, locale: string): boolean {
  return template.locale === null || template.locale === locale;
}

/** Whoever asks for a confirmation writes to somebody who has just asked for it. */
const asking = (settings: Settings): Category =>
  settings.categories.transactional ?? {
    id: 'transactional',
    title: 'Transactional',
    transactional: true,
    doubleOptIn: null,
  };

function categoryOf(settings: Settings, id: string): Category {
  return (
    settings.categories[id] ??
    settings.categories.marketing ?? { id: 'marketing', title: 'Marketing', transactional: false, doubleOptIn: null }
  );
}

function doorsOf(journeys: readonly LiveJourney[]): Map<string, Door[]> {
  const doors = new Map<string, Door[]>();
  for (const live of journeys) {
    live.compiled.journey.triggers.forEach((trigger, index) => {
      if (trigger.kind !== 'event') return;
      doors.set(trigger.event, [...(doors.get(trigger.event) ?? []), { live, trigger, index }]);
    });
  }
  return doors;
}

/** Every event name that a trigger, exit, goal, wait or condition of any known version asks about. */
function heardEvents(settings: Settings, versions: Iterable<CompiledJourney>): Set<string> {
  const segments = Object.values(settings.segments).flatMap((segment) => segment.needs.map((need) => need.event));
  return new Set([...segments, ...[...versions].flatMap(heardBy)]);
}

/** Every event name that one version asks about. */
export function heardBy({ journey, states, entryNeeds }: CompiledJourney): string[] {
  const conditions = states.flatMap((state) => [
    ...state.conditions,
    ...state.branches.flatMap((branch) => branch.conditions),
  ]);
  return [
    ...journey.triggers.flatMap((trigger) => (trigger.kind === 'event' ? [trigger.event] : [])),
    ...journey.exits.map((rule) => rule.event),
    ...(journey.goal === null ? [] : [journey.goal.event]),
    ...states.flatMap((state) => state.awaits),
    ...[...entryNeeds.facts, ...conditions.flatMap((condition) => condition.needs)].map((need) => need.event),
  ];
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
