// The Liquid of templates, as far as it is checked without rendering: syntax, and which variables it reads.

import { Liquid } from 'liquidjs';
import type { Fault } from './errors.ts';

/** Filters of ours; what they do lives in `runtime/render/filters.ts`. */
export const OWN_FILTERS = ['money', 'date', 'plural'] as const;
/** No template reads another file. */
const NO_FILES = ['include', 'render', 'layout', 'block'];

const parser = new Liquid({ strictFilters: true, parseLimit: 250_000, templates: {} });
for (const name of OWN_FILTERS) parser.registerFilter(name, (value: unknown) => value);

/** What is wrong with a piece of Liquid that begins on `line` of `file`. */
export function liquidFaults(text: string, line: number, file: string): Fault[] {
  const fault = (at: number, column: number, message: string): Fault => ({
    code: 'E_TEMPLATE_LIQUID',
    place: { file, line: at, column },
    message,
    severity: 'error',
  });
  for (const name of NO_FILES) {
    const found = new RegExp(`\\{%-?\\s*${name}\\b`).exec(text);
    if (found !== null)
      return [
        fault(
          line + text.slice(0, found.index).split('\n').length - 1,
          1,
          `{% ${name} %} is not available: a template is one file.`,
        ),
      ];
  }
  try {
    parser.parse(text);
    return [];
  } catch (error) {
    const { message = '', token } = error as { message?: string; token?: { getPosition?: () => number[] } };
    const [row = 1, column = 1] = token?.getPosition?.() ?? [];
    return [fault(line + row - 1, column, `${(message.split(', line')[0] ?? message).replace(/\.$/, '')}.`)];
  }
}

/** Dotted paths it reads; names it makes itself (`for item in …`) are left out. */
export function liquidVariables(text: string): string[] {
  try {
    return parser.globalFullVariablesSync(text).map((path) => path.replace(/\[.*$/, ''));
  } catch {
    return [];
  }
}
