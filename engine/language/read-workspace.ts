// From a folder's files to a workspace, and every fault of every file at once. Pure: files and environment are given.

import { checkWorkspace } from './check/check.ts';
import type { Reading } from './check/findings.ts';
import type { Environment } from './environment.ts';
import type { Fault } from './errors.ts';
import { draftJourney } from './read-journey.ts';
import { readSettings } from './read-settings.ts';
import { draftSpec } from './read-spec.ts';
import { suggest } from './suggest.ts';
import { parseTemplatePath, readTemplate } from './template.ts';
import type { Millis } from './values.ts';
import type { Files, WorkspaceReading } from './workspace.ts';

export interface ReadingOptions {
  /** How long events are kept; conditions may not look back further. 400 days unless set. */
  readonly retention?: Millis;
  /** Put before the paths of faults: where the folder stands, `journeys/`. */
  readonly prefix?: string;
}

const SETTINGS_FILE = 'tropa.yaml';
const RETENTION: Millis = 400 * 86_400_000;

/** Reads and checks a workspace. Journeys with errors, and templates with errors, are left out of it. */
export function readWorkspace(files: Files, env: Environment, options: ReadingOptions = {}): WorkspaceReading {
  const settings = readSettings(SETTINGS_FILE, files.get(SETTINGS_FILE) ?? '', env);
  const drafts = matching(files, /^[^/]+\/journey\.yaml$/).map(([file, text]) => draftJourney(file, text));
  const specs = matching(files, /^[^/]+\/journey\.spec\.yaml$/).map(([file, text]) => draftSpec(file, text));
  const idOf = new Map(drafts.flatMap(({ file, id }) => (id === undefined ? [] : [[folderOf(file), id] as const])));
  const templates = readTemplates(files, idOf);
  const faults = [
    ...settings.faults,
    ...drafts.flatMap((draft) => draft.faults),
    ...specs.flatMap((spec) => spec.faults),
    ...specs.flatMap(({ spec }) =>
      (spec?.cases ?? []).flatMap((one) => overrideFaults(one.settings, spec?.file ?? '', files, env)),
    ),
    ...templates.faults,
    ...strayFiles(files),
  ];
  const retention = options.retention ?? RETENTION;
  const { templateFiles } = templates;
  const reading: Reading = {
    files,
    settings: settings.settings,
    drafts,
    templates: templates.templates,
    templateFiles,
    retention,
  };
  const all = checkWorkspace(reading, specs, faults);
  const broken = new Set(all.flatMap((fault) => (fault.severity === 'error' ? [fault.place.file] : [])));
  return {
    workspace: {
      settings: settings.settings,
      journeys: drafts.flatMap(({ journey, file }) => (journey === undefined || broken.has(file) ? [] : [journey])),
      templates: templates.templates,
      specs: specs.flatMap(({ spec, file }) => (spec === undefined || broken.has(file) ? [] : [spec])),
    },
    faults: inOrder(all, options.prefix ?? ''),
  };
}

function matching(files: Files, pattern: RegExp): [string, string][] {
  return [...files].filter(([file]) => pattern.test(file)).sort(([a], [b]) => (a < b ? -1 : 1));
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? '';
}

/** Templates belong to the journey of their folder, whatever the folder is called. */
function readTemplates(
  files: Files,
  idOf: ReadonlyMap<string, string>,
): Pick<Reading, 'templates' | 'templateFiles'> & { faults: Fault[] } {
  const named = matching(files, /^[^/]+\/[^/]+$/).flatMap(([file, text]) => {
    const name = parseTemplatePath(file);
    return name === null ? [] : [{ file, text, name: { ...name, journey: idOf.get(folderOf(file)) ?? name.journey } }];
  });
  const read = named.map(({ file, text, name }) => ({ ...readTemplate(file, text), journey: name.journey }));
  return {
    templates: read.flatMap(({ template, journey }) => (template === undefined ? [] : [{ ...template, journey }])),
    templateFiles: named.map(({ file, name }) => ({ ...name, file })),
    faults: read.flatMap(({ faults }) => faults),
  };
}

/** What a case's settings would do to tropa.yaml, where it is wrong. */
function overrideFaults(overrides: unknown, file: string, files: Files, env: Environment): readonly Fault[] {
  if (overrides === null) return [];
  return readSettings(SETTINGS_FILE, files.get(SETTINGS_FILE) ?? '', env, overrides).faults.filter(
    (fault) => fault.place.file === file,
  );
}

const YAML_FILES = ['journey.yaml', 'journey.spec.yaml'];

/** Files that look as if they should be read, and are not. */
function strayFiles(files: Files): Fault[] {
  return [...files.keys()].flatMap((file): Fault[] => {
    const why = strayReason(file);
    return why === null
      ? []
      : [{ code: 'W_NOT_READ', place: { file, line: 1, column: 1 }, message: why, severity: 'warning' }];
  });
}

function strayReason(file: string): string | null {
  const [name = '', ...folders] = file.split('/').reverse();
  if (name.startsWith('.') || file === SETTINGS_FILE) return null;
  if (/\.ya?ml$/.test(name)) return strayYaml(name, folders.length);
  if (!/\.(?:mjml|html|txt)$/.test(name) || parseTemplatePath(file) !== null) return null;
  return 'this file is not read. A template is named <name>[.<locale>].email.mjml (or .html, .txt), .sms.txt or .push.txt, beside its journey.yaml.';
}

function strayYaml(name: string, depth: number): string | null {
  if (depth === 1 && YAML_FILES.includes(name)) return null;
  const near = suggest(name, depth === 0 ? [SETTINGS_FILE] : YAML_FILES);
  if (near !== null && near !== name) return `this file is not read. Did you mean "${near}"?`;
  return 'this file is not read. A journey stands in <folder>/journey.yaml, its tests in <folder>/journey.spec.yaml, settings in tropa.yaml.';
}

/** In file and line order, tropa.yaml first, each once, under the author's own paths. */
function inOrder(faults: readonly Fault[], prefix: string): Fault[] {
  const rank = (fault: Fault): string => (fault.place.file === SETTINGS_FILE ? '' : fault.place.file);
  const sorted = [...faults].sort((a, b) =>
    rank(a) === rank(b) ? a.place.line - b.place.line || a.place.column - b.place.column : rank(a) < rank(b) ? -1 : 1,
  );
  const seen = new Set<string>();
  return sorted.flatMap((fault) => {
    const key = `${fault.code} ${fault.place.file}:${fault.place.line}:${fault.place.column} ${fault.message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...fault, place: { ...fault.place, file: prefix + fault.place.file } }];
  });
}
