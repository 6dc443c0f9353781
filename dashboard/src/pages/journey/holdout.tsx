// What the control group says: conversion of those treated against those held out, and how sure the difference is.

import { Paper, SimpleGrid, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { count, percent } from '../../shell/format.ts';

export interface HoldoutFigures {
  readonly treated: { readonly people: number; readonly converted: number };
  readonly held: { readonly people: number; readonly converted: number };
  /** Difference of the shares, and its 95 % interval; null where there are too few people. */
  readonly uplift: { readonly points: number; readonly low: number; readonly high: number } | null;
}

export function Holdout({ figures }: { figures: HoldoutFigures }) {
  const { t } = useTranslation();
  const { treated, held, uplift } = figures;
  const share = ({ people, converted }: { people: number; converted: number }) =>
    people === 0 ? '–' : percent(converted / people);
  return (
    <Paper withBorder p="md" mt="md" component="section" aria-label={t('holdout.title')}>
      <Title order={2} size="h3" mb="sm">
        {t('holdout.title')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Part
          name={t('holdout.treated')}
          value={share(treated)}
          note={t('holdout.of', { converted: count(treated.converted), people: count(treated.people) })}
        />
        <Part
          name={t('holdout.held')}
          value={share(held)}
          note={t('holdout.of', { converted: count(held.converted), people: count(held.people) })}
        />
        {uplift === null ? (
          <Part name={t('holdout.uplift')} value="–" note={t('holdout.few')} />
        ) : (
          <Part
            name={t('holdout.uplift')}
            value={t('holdout.points', { points: signed(uplift.points) })}
            note={t('holdout.interval', { low: signed(uplift.low), high: signed(uplift.high) })}
          />
        )}
      </SimpleGrid>
    </Paper>
  );
}

const signed = (share: number): string => `${share > 0 ? '+' : ''}${count(Math.round(share * 1000) / 10)}`;

function Part({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz={22} fw={650}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    </div>
  );
}
