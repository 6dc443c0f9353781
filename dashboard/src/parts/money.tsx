// Sums by currency: each for itself, none is exchanged for another.

import { money } from '../shell/format.ts';

export type Amounts = Readonly<Record<string, number>>;

export const told = (amounts: Amounts): string => {
  const all = Object.entries(amounts).filter(([, amount]) => amount !== 0);
  return all.length === 0 ? '–' : all.map(([currency, amount]) => money(amount, currency)).join(' + ');
};

export function Money({ amounts }: { amounts: Amounts }) {
  return <>{told(amounts)}</>;
}
