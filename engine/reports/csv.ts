// Tables as CSV that a spreadsheet can open without harm.

/** What could be a formula in a spreadsheet is kept from being one by an apostrophe (P29, OWASP "CSV Injection"). */
function neutral(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** One line of CSV (RFC 4180), every cell harmless; numbers are no formulas, even below zero. */
export function csvLine(cells: readonly (string | number)[], delimiter: string): string {
  const written = cells
    .map((cell) => (typeof cell === 'number' ? String(cell) : neutral(cell)))
    .map((cell) => (/["\r\n,;\t|]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${written.join(delimiter)}\r\n`;
}
