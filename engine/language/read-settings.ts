// From the text of `tropa.yaml` to Settings. Variables of the environment are filled in here and nowhere else.

import type { Environment } from './environment.ts';
import { fillIn } from './environment.ts';
import type { Fault } from './errors.ts';
import type { Category, Sender, Settings, Source } from './settings.ts';
import type { SenderText } from './settings-doors.ts';
import { SETTINGS_FIELDS, SETTINGS_LATER } from './settings-shapes.ts';
import type { Channel } from './template.ts';
import type { Values } from './yaml/compound.ts';
import { readFields } from './yaml/compound.ts';
import type { MapNode, YamlNode } from './yaml/node.ts';
import { readYaml } from './yaml/read-yaml.ts';
import { mismatch, Reader } from './yaml/shape.ts';

export interface SettingsReading {
  /** Always there: what could not be read has its default. */
  readonly settings: Settings;
  readonly faults: readonly Fault[];
}

/**
 * Reads the settings of a workspace. `overrides` is what a spec case holds as `settings`: maps are merged key by key,
 * lists and texts replaced whole, `null` takes a key out.
 */
export function readSettings(file: string, text: string, env: Environment, overrides?: unknown): SettingsReading {
  const { node, faults } = readYaml(file, text);
  const reader = new Reader(file, [...faults]);
  const base =
    node === null || node.kind === 'empty'
      ? { kind: 'map' as const, entries: [], place: { file, line: 1, column: 1 } }
      : fillIn(node, env, reader);
  const whole = isNode(overrides) ? mergeNodes(base, overrides) : base;
  const values =
    whole.kind === 'map'
      ? readFields(whole, SETTINGS_FIELDS, { expects: 'tropa.yaml', later: SETTINGS_LATER }, reader)
      : mismatch(whole, 'the file', 'a map of settings', reader);
  const settings = settingsOf(values ?? emptySettings(file), reader);
  return {
    settings,
    faults: reader.faults.filter(
      (fault) =>
        fault.code === 'E_ENV' || !reader.faults.some((other) => other.code === 'E_ENV' && sameplace(fault, other)),
    ),
  };
}

/** What a variable that is not set leads to is the same fault once more. */
function sameplace(a: Fault, b: Fault): boolean {
  return a.place.file === b.place.file && a.place.line === b.place.line && a.place.column === b.place.column;
}

type SettingsValues = Values<typeof SETTINGS_FIELDS>;

function emptySettings(file: string): SettingsValues {
  const nothing: MapNode = { kind: 'map', entries: [], place: { file, line: 1, column: 1 } };
  return readFields(nothing, SETTINGS_FIELDS, { expects: 'tropa.yaml' }, new Reader(file)) as SettingsValues;
}

function isNode(value: unknown): value is YamlNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'place' in value;
}

/** `over` laid upon `base`: maps key by key, everything else whole. `null` takes a key out, or stays to do so later. */
export function mergeNodes(base: YamlNode, over: YamlNode, nulls: 'take out' | 'keep' = 'take out'): YamlNode {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  const gone = (node: YamlNode): boolean => nulls === 'take out' && isNull(node);
  const kept = base.entries.flatMap((entry) => {
    const other = over.entries.find(({ key }) => key === entry.key);
    if (other === undefined) return [entry];
    return gone(other.value) ? [] : [{ ...other, value: mergeNodes(entry.value, other.value, nulls) }];
  });
  const added = over.entries.filter(
    ({ key, value }) => !gone(value) && !base.entries.some((entry) => entry.key === key),
  );
  return { ...base, entries: [...kept, ...added] };
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'empty' || (node.kind === 'text' && !node.quoted && node.text === 'null');
}

const OPT_IN = { email: 'opt_in', sms: 'opt_in', push: 'opt_in' } as const;

function settingsOf(values: SettingsValues, reader: Reader): Settings {
  const { brand, consent, inbound, sunset, attribution } = values;
  return {
    brand: {
      name: brand?.name ?? '',
      url: brand?.url ?? '',
      color: brand?.color ?? '#3B5BDB',
      address: brand?.address ?? '',
    },
    timezone: values.timezone,
    locale: values.locale,
    currency: values.currency,
    consent: consent === null ? OPT_IN : { email: consent.email, sms: consent.sms, push: consent.push },
    categories: categoriesOf(values.categories),
    quietHours: values.quiet_hours,
    caps: values.caps,
    senders: values.senders === null ? [] : sendersOf(values.senders, reader),
    sources: sourcesOf(values.sources),
    segments: Object.fromEntries(values.segments ?? []),
    inbound: inbound === null ? null : { smtp: inbound.smtp, domain: inbound.domain },
    sunset: { soft: sunset?.soft ?? 5, within: sunset?.within ?? 30 * 86_400_000 },
    attribution: { click: attribution?.click ?? 5 * 86_400_000, open: attribution?.open ?? 2 * 86_400_000 },
  };
}

function categoriesOf(told: SettingsValues['categories']): Settings['categories'] {
  const all: Record<string, Category> = {
    marketing: { id: 'marketing', title: 'Marketing', transactional: false, doubleOptIn: null },
    transactional: { id: 'transactional', title: 'Transactional', transactional: true, doubleOptIn: null },
  };
  for (const [id, { title, transactional, double_opt_in: doubleOptIn }] of told ?? []) {
    all[id] = {
      id,
      title: title ?? all[id]?.title ?? id,
      transactional: transactional ?? id === 'transactional',
      doubleOptIn,
    };
  }
  return all;
}

function sendersOf(told: NonNullable<SettingsValues['senders']>, reader: Reader): Sender[] {
  const channels: readonly Channel[] = ['email', 'sms', 'push'];
  const senders = channels.flatMap((channel) =>
    told[channel].map(
      (sender, n): Sender => ({
        channel,
        provider: sender.provider,
        name: nameOf(sender, channel, n),
        options: { ...sender.options },
      }),
    ),
  );
  const twice = senders.find(({ name }, n) => senders.findIndex((other) => other.name === name) < n);
  if (twice !== undefined)
    reader.error(
      'E_DUPLICATE_NAME',
      told.place,
      `two senders are called "${twice.name}". Give each a "name" of its own.`,
    );
  return senders;
}

function nameOf(sender: SenderText, channel: Channel, n: number): string {
  return sender.name ?? (n === 0 ? channel : `${channel}-${n + 1}`);
}

function sourcesOf(told: SettingsValues['sources']): Source[] {
  return [...(told ?? [])].map(([name, { type, options }]) => ({ name, type, options: { ...options } }));
}
