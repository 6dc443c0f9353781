// "Did you mean …?": the nearest word by edit distance.

/** The candidate nearest to `word`, or null where none is near enough to be meant. */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.min(word.length, Math.max(1, Math.floor(word.length / 3)) + 1);
  const all = [...candidates];
  for (const candidate of all) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), least);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best ?? all.find((candidate) => abbreviates(word.toLowerCase(), candidate.toLowerCase())) ?? null;
}

/** `remnd` for `reminder`: the same letters in the same order, half of them left out at most. */
function abbreviates(word: string, candidate: string): boolean {
  if (word.length < 4 || word[0] !== candidate[0] || word.length * 2 < candidate.length) return false;
  let at = 0;
  for (const letter of candidate) if (letter === word[at]) at += 1;
  return at === word.length;
}

/** ` Did you mean "reminder"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = suggest(word, candidates);
  return near === null ? '' : ` Did you mean "${near}"?`;
}

/** Insertions, deletions, replacements and swaps of neighbours; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let rows: [before: number[], row: number[]] = [[], Array.from({ length: b.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= a.length; i += 1) rows = [rows[1], nextRow(a, b, i, rows)];
  return rows[1][b.length] ?? limit;
}

/** One row of Damerau and Levenshtein's table, from the two before it. */
function nextRow(a: string, b: string, i: number, [before, row]: readonly [number[], number[]]): number[] {
  const next = [i];
  for (let j = 1; j <= b.length; j += 1) {
    const same = a[i - 1] === b[j - 1];
    const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    const plain = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
    next.push(swapped ? Math.min(plain, (before[j - 2] ?? 0) + 1) : plain);
  }
  return next;
}
