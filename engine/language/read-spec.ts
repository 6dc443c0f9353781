// From the text of `journey.spec.yaml` to its cases. Whether its journey has the steps named is `check/specs.ts`.

import type { Fault } from './errors.ts';
import type { Spec, SpecCase } from './journey.ts';
import { mergeNodes } from './read-settings.ts';
import { readLine } from './spec-lines.ts';
import { CASE_FIELDS, SPEC_FIELDS } from './spec-shapes.ts';
import type { Values } from './yaml/compound.ts';
import { readFields } from './yaml/compound.ts';
import type { YamlNode } from './yaml/node.ts';
import { readYaml } from './yaml/read-yaml.ts';
import { mismatch, Reader } from './yaml/shape.ts';

export interface SpecReading {
  /** Cases that could be read; undefined when not even the head could. */
  readonly spec: Spec | undefined;
  readonly faults: readonly Fault[];
}

/** Reads the specs of one journey. */
export function readSpec(file: string, text: string): SpecReading {
  const { spec, faults } = draftSpec(file, text);
  return { spec, faults };
}

/** Reads the specs and keeps the nodes, for looking where something is mentioned. */
export function draftSpec(
  file: string,
  text: string,
): SpecReading & { readonly file: string; readonly node: YamlNode | null } {
  const { node, faults } = readYaml(file, text);
  const reader = new Reader(file, [...faults]);
  return { file, node, spec: node === null ? undefined : specOf(node, reader), faults: reader.faults };
}

function specOf(node: YamlNode, reader: Reader): Spec | undefined {
  if (node.kind !== 'map') return mismatch(node, 'the file', 'a spec: journey, profile and cases', reader);
  const head = readFields(node, SPEC_FIELDS, { expects: 'a spec' }, reader);
  const cases = node.entries.find(({ key }) => key === 'cases')?.value;
  if (cases === undefined || cases.kind === 'empty') return undefined;
  if (cases.kind !== 'list')
    return mismatch(cases, '"cases"', 'a list of cases, each with name, start, script and expect', reader);
  const read = cases.items.map((item) => readCase(item, head, reader)).filter((one) => one !== undefined);
  for (const [n, one] of read.entries()) {
    if (read.findIndex(({ name }) => name === one.name) < n)
      reader.error('E_DUPLICATE_NAME', one.place, `there are two cases "${one.name}". Give each a name of its own.`);
  }
  return head === undefined ? undefined : { journey: head.journey, cases: read, file: reader.file };
}

function readCase(node: YamlNode, head: Values<typeof SPEC_FIELDS> | undefined, reader: Reader): SpecCase | undefined {
  if (node.kind !== 'map') return mismatch(node, 'a case', 'a map with name, start, script and expect', reader);
  const values = readFields(node, CASE_FIELDS, { expects: 'a case' }, reader);
  const { script = null } = values ?? { script: node.entries.find(({ key }) => key === 'script')?.value ?? null };
  const lines = readScript(script, reader);
  if (values === undefined) return undefined;
  return {
    name: values.name,
    start: values.start,
    profile: { ...head?.profile, ...values.profile },
    settings: together(head?.settings ?? null, values.settings),
    pick: values.pick,
    script: lines,
    expect: values.expect,
    place: node.place,
  };
}

function readScript(node: YamlNode | null, reader: Reader): SpecCase['script'] {
  if (node === null) return [];
  if (node.kind === 'list')
    return node.items.map((item) => readLine(item, reader)).filter((line) => line !== undefined);
  mismatch(node, '"script"', 'a list of lines, each beginning with "- "', reader);
  return [];
}

/** The file's settings with the case's laid upon them. */
function together(file: YamlNode | null, own: YamlNode | null): YamlNode | null {
  if (file === null || own === null) return own ?? file;
  return mergeNodes(file, own, 'keep');
}
