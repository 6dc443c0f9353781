// Regular expressions that cannot hang: those whose matching time could explode are never run.

const MOST_PATTERN = 200;
const MOST_TEXT = 10_000;
const cache = new Map<string, RegExp | null>();

/** Whether a text contains the pattern; null for a pattern that is not safe or not valid. */
export function matches(text: string, pattern: string): boolean | null {
  const compiled = compile(pattern);
  return compiled === null || text.length > MOST_TEXT ? null : compiled.test(text);
}

function compile(pattern: string): RegExp | null {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  let compiled: RegExp | null = null;
  if (isSafe(pattern)) {
    try {
      compiled = new RegExp(pattern, 'u');
    } catch {
      compiled = null;
    }
  }
  if (cache.size > 1_000) cache.clear();
  cache.set(pattern, compiled);
  return compiled;
}

/**
 * Backtracking explodes where a repeated group repeats or chooses inside, where a reference looks back, and where several
 * open repeats stand in one pattern. CEL's own RE2 knows no references or look-arounds; we refuse those and bound the rest.
 */
function isSafe(pattern: string): boolean {
  if (pattern.length > MOST_PATTERN || /\\[1-9k]|\(\?[=!<]/.test(pattern)) return false;
  const bare = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const openRepeats = bare.match(/[*+]|\{\d+,\}|\{\d*,?\d{3,}\}/g) ?? [];
  return openRepeats.length <= 3 && !/\)(?:[*+]|\{)/.test(bare);
}
