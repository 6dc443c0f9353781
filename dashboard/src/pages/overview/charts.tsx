// The period day by day and channel by channel.

import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../../api/figures.ts';
import type { OverviewFigures } from '../../api/overview.ts';
import { channelName } from '../../canvas/words.ts';
import { Bars } from '../../parts/bars.tsx';
import { ChartCard } from '../../parts/chart-card.tsx';
import { count, day, money } from '../../shell/format.ts';
import { CHANNEL_INK, FARE_INK } from '../../shell/theme.ts';

const FARE = ['sent', 'delivered', 'opened', 'clicked'] as const;
const iso = (at: number): string => new Date(at).toISOString().slice(0, 10);

interface ChartProps {
  readonly figures: OverviewFigures;
}

export function ByDay({ figures: { days, channels, totals } }: ChartProps) {
  const { t } = useTranslation();
  const means = useDefinitions();
  const names = channels.map(({ channel }) => channel);
  return (
    <ChartCard
      title={t('overview.byDay')}
      definition={means('sent')}
      file="messages-by-day"
      rows={[['day', ...names], ...days.map((one) => [iso(one.at), ...names.map((name) => one.sent[name] ?? 0)])]}
    >
      {totals.sent === 0 ? (
        <Nothing />
      ) : (
        <Bars
          kind="stacked"
          label={t('overview.byDay')}
          format={count}
          series={names.map((name) => ({ name, label: channelName(name, t), color: CHANNEL_INK[name] ?? '#8a94a0' }))}
          rows={days.map((one) => ({ name: day(one.at), values: one.sent }))}
        />
      )}
    </ChartCard>
  );
}

export function ByChannel({ figures: { channels, totals } }: ChartProps) {
  const { t } = useTranslation();
  return (
    <ChartCard
      title={t('overview.byChannel')}
      definition={null}
      file="channels"
      rows={[['channel', ...FARE], ...channels.map((one) => [one.channel, ...FARE.map((kind) => one[kind])])]}
    >
      {totals.sent === 0 ? (
        <Nothing />
      ) : (
        <Bars
          kind="grouped"
          label={t('overview.byChannel')}
          format={count}
          series={FARE.map((name) => ({ name, label: t(`figure.${name}`), color: FARE_INK[name] }))}
          rows={channels.map(({ channel, ...values }) => ({ name: channelName(channel, t), values }))}
        />
      )}
    </ChartCard>
  );
}

export function RevenueByDay({ figures: { days, totals } }: ChartProps) {
  const { t } = useTranslation();
  const means = useDefinitions();
  const [currency] = Object.keys(totals.revenue);
  if (currency === undefined) return null;
  return (
    <ChartCard
      title={t('overview.revenueByDay')}
      definition={means('revenue')}
      file="revenue-by-day"
      rows={[['day', currency], ...days.map((one) => [iso(one.at), one.revenue[currency] ?? 0])]}
    >
      <Bars
        kind="area"
        label={t('overview.revenueByDay')}
        format={(value) => money(value, currency)}
        series={[{ name: 'revenue', label: t('figure.revenue'), color: '#1f9d6b' }]}
        rows={days.map((one) => ({ name: day(one.at), values: { revenue: one.revenue[currency] ?? 0 } }))}
      />
    </ChartCard>
  );
}

function Nothing() {
  const { t } = useTranslation();
  return (
    <Text c="dimmed" ta="center" py={64} size="sm">
      {t('overview.nothing')}
    </Text>
  );
}
