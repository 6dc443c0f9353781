// What invented people came to: shown on the canvas as if they were real, and in one line below it.

import { Paper, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Played } from '../../api/drafts.ts';
import type { Counts, Picture, StepCounts } from '../../canvas/picture.ts';
import { count } from '../../shell/format.ts';

/** Counts of a simulation as the canvas wants them; ways are as wide as the steps they alone lead to. */
export function playedCounts(played: Played, picture: Picture): Counts {
  const steps = new Map<string, StepCounts>();
  for (const { step, entered, waiting, skipped } of played.steps)
    steps.set(step, {
      inside: waiting,
      passed: entered,
      skipped,
      onward: entered === 0 ? null : (entered - waiting) / entered,
    });
  steps.set('$entry', { inside: 0, passed: played.entered, skipped: {}, onward: null });
  const ends = Object.values(played.outcomes).reduce((sum, n) => sum + n, 0);
  steps.set('$completed', { inside: 0, passed: played.outcomes.completed ?? ends, skipped: {}, onward: null });
  const flows = new Map<string, number>();
  for (const { from, to } of picture.edges) {
    const ways = picture.edges.filter((edge) => edge.to === to).length;
    if (ways === 1) flows.set(`${from} ${to}`, steps.get(to)?.passed ?? 0);
  }
  return { steps, flows };
}

export function PlayedFigures({ played }: { played: Played }) {
  const { t } = useTranslation();
  const outcomes = Object.entries(played.outcomes).map(
    ([name, n]) => `${t(`outcome.${name}`, { defaultValue: name })}: ${count(n)}`,
  );
  return (
    <Paper withBorder p="sm" mt="sm">
      <Text size="sm" fw={600}>
        {t('played.title', { people: count(played.people) })}
      </Text>
      <Text size="sm" c="dimmed">
        {[t('played.entered', { count: played.entered }), ...outcomes].join(' · ')}
      </Text>
    </Paper>
  );
}
