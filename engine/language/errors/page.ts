// The table of errors as a page of the documentation.

import type { ErrorKind, ErrorSection } from './kind.ts';

const HEAD = `# Errors

Every error names a code, the place where there is one, and what to do:

\`\`\`
E_UNKNOWN_STEP journeys/abandoned-cart/journey.yaml:14:9: no step "remnd". Did you mean "reminder"?
\`\`\`

\`tropa check\` reports all faults of all files at once. Codes beginning with \`W_\` only warn: they change no exit status,
unless \`--strict\` is given. A command ends with 0 (fine), 1 (findings) or 2 (it cannot run). Codes are added, never reused.

This page is made from the engine's own table; a test keeps both equal.
`;

/** The text of \`docs/errors.md\`. */
export function errorsPage(sections: Readonly<Record<string, ErrorSection>>): string {
  const parts = Object.entries(sections).map(([title, section]) => `## ${title}\n\n${table(section)}`);
  return [HEAD, ...parts].join('\n');
}

function table(section: ErrorSection): string {
  const rows = Object.entries(section).map(([code, kind]) => row(code, kind));
  return ['| code | what is wrong | what to do | exit | HTTP |', '|---|---|---|---|---|', ...rows, ''].join('\n');
}

function row(code: string, { means, remedy, exit, http }: ErrorKind): string {
  const warns = code.startsWith('W_');
  return `| <a id="${code.toLowerCase()}"></a>\`${code}\` | ${escaped(means)} | ${escaped(remedy)} | ${warns ? '0' : exit} | ${warns ? '' : http} |`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
