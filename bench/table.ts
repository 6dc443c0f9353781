// One line of figures: what was measured, the goal, and the limit of the parts it is made of, measured in the same run.

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `>=` more is better, `<=` less is better. */
  readonly goal: { readonly at: '>=' | '<='; readonly value: number } | null;
  /** What the parts alone reach here and now. */
  readonly limit?: { readonly what: string; readonly value: number };
}

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));

/** Prints figures as a Markdown table, or as more rows of the one that was begun. */
export function printTable(figures: readonly Figure[], begun = false): void {
  if (!begun)
    console.log('\n| what | measured | goal | | limit of the parts | of the limit |\n|---|---|---|---|---|---|');
  for (const figure of figures) {
    const { name, value, unit, goal, limit } = figure;
    const wanted = goal === null ? '' : `${goal.at === '>=' ? '≥' : '≤'} ${goal.value} ${unit}`;
    const parts = limit === undefined ? '' : `${limit.what}: ${round(limit.value)}`;
    const share = limit === undefined ? '' : `${((100 * value) / limit.value).toFixed(0)} %`;
    console.log(`| ${name} | ${round(value)} ${unit} | ${wanted} | ${verdict(figure)} | ${parts} | ${share} |`);
  }
}

function verdict({ value, goal }: Figure): string {
  if (goal === null) return '';
  return (goal.at === '>=' ? value >= goal.value : value <= goal.value) ? 'met' : 'missed';
}
