// The Liquid of templates, as far as it is checked without rendering: syntax, and which variables it reads.

import { Liquid } from 'liquidjs';
import type { Fault } from './errors.ts';
import { didYouMean } from './suggest.ts';

/** Filters of ours; what they do lives in `runtime/render/filters.ts`. */
export const OWN_FILTERS = ['money', 'date', 'plural'] as const;
/** No template reads another file. */
export const ABSENT_TAGS = ['include', 'render', 'layout', 'block'] as const;
/** Jekyll's dates ask the machine for its zone and clock; `date` does what they do. */
export const ABSENT_FILTERS = ['date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'] as const;

const parser = new Liquid({ strictFilters: true, parseLimit: 250_000, templates: {} });
for (const name of OWN_FILTERS) parser.registerFilter(name, (value: unknown) => value);
for (const name of ABSENT_FILTERS) delete parser.filters[name];
for (const name of ABSENT_TAGS) delete parser.tags[name];

/** What is wrong with a piece of Liquid that begins at this line and column of `file`. */
export function liquidFaults(text: string, line: number, file: string, column = 1): Fault[] {
  try {
    parser.parse(text);
    return [];
  } catch (error) {
    const { message = '', token } = error as { message?: string; token?: { getPosition?: () => number[] } };
    const [row = 1, at = 1] = token?.getPosition?.() ?? [];
    return [
      {
        code: 'E_TEMPLATE_LIQUID',
        place: { file, line: line + row - 1, column: row === 1 ? column + at - 1 : at },
        message: explained(message.split(', line:')[0] ?? message),
        severity: 'error',
      },
    ];
  }
}

/** liquidjs' message in our words where ours help more. */
function explained(message: string): string {
  const tag = /^tag "(.*)" not found$/.exec(message)?.[1];
  if (tag !== undefined) {
    if (ABSENT_TAGS.some((name) => name === tag)) return `{% ${tag} %} is not available: a template is one file.`;
    return `there is no Liquid tag "${tag}".${didYouMean(tag, Object.keys(parser.tags))}`;
  }
  const filter = /^undefined filter: (.*)$/.exec(message)?.[1];
  if (filter !== undefined) return `there is no filter "${filter}".${didYouMean(filter, Object.keys(parser.filters))}`;
  return `${message.replace(/\.$/, '')}.`;
}

/** Dotted paths it reads; names it makes itself (`for item in …`) are left out. */
export function liquidVariables(text: string): string[] {
  try {
    return parser.globalFullVariablesSync(text).map((path) => path.replace(/\[.*$/, ''));
  } catch {
    return [];
  }
}
