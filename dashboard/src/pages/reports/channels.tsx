// From sending to ordering, of all channels and of each.

import { Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../../api/figures.ts';
import type { ChannelReport, FunnelReport } from '../../api/reports.ts';
import { channelName } from '../../canvas/words.ts';
import { Bars } from '../../parts/bars.tsx';
import { ChartCard } from '../../parts/chart-card.tsx';
import { told } from '../../parts/money.tsx';
import { count, percent } from '../../shell/format.ts';

export function Funnel({ report: { stages } }: { report: FunnelReport }) {
  const { t } = useTranslation();
  return (
    <ChartCard
      title={t('reports.funnel')}
      definition={null}
      file="funnel"
      rows={[['stage', 'count'], ...stages.map((one) => [one.stage, one.count])]}
    >
      {(stages[0]?.count ?? 0) === 0 ? (
        <Text c="dimmed" ta="center" py={64} size="sm">
          {t('overview.nothing')}
        </Text>
      ) : (
        <Bars
          kind="grouped"
          label={t('reports.funnel')}
          format={count}
          series={[{ name: 'count', label: t('reports.count'), color: '#3f6be0' }]}
          rows={stages.map((one) => ({ name: t(`reports.stage.${one.stage}`), values: { count: one.count } }))}
        />
      )}
    </ChartCard>
  );
}

const FARE = ['sent', 'delivered', 'opened', 'clicked'] as const;

export function Channels({ report: { channels, unattributed, all } }: { report: ChannelReport }) {
  const { t } = useTranslation();
  const means = useDefinitions();
  const share = (part: number, whole: number) => (whole === 0 ? '' : ` · ${percent(part / whole, 0)}`);
  const below = [
    { name: t('reports.none'), ...unattributed },
    { name: t('reports.all'), ...all },
  ];
  return (
    <ChartCard
      title={t('reports.channels')}
      definition={means('revenue')}
      file="channels"
      picture={false}
      rows={[
        ['channel', ...FARE, 'orders', 'revenue'],
        ...channels.map((one) => [one.channel, ...FARE.map((name) => one[name]), one.orders, told(one.revenue)]),
        ...below.map((one) => [one.name, null, null, null, null, one.orders, told(one.revenue)]),
      ]}
    >
      <Table.ScrollContainer minWidth={640} type="native">
        <Table verticalSpacing="xs" style={{ fontVariantNumeric: 'tabular-nums' }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('reports.channel')}</Table.Th>
              {FARE.map((name) => (
                <Table.Th key={name} ta="right">
                  {t(`reports.stage.${name}`)}
                </Table.Th>
              ))}
              <Table.Th ta="right">{t('reports.orders')}</Table.Th>
              <Table.Th ta="right">{t('reports.revenue')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {channels.map((one) => (
              <Table.Tr key={one.channel}>
                <Table.Td fw={500}>{channelName(one.channel, t)}</Table.Td>
                {FARE.map((name) => (
                  <Table.Td key={name} ta="right">
                    {count(one[name])}
                    {name !== 'sent' && share(one[name], one.sent)}
                  </Table.Td>
                ))}
                <Table.Td ta="right">{count(one.orders)}</Table.Td>
                <Table.Td ta="right">{told(one.revenue)}</Table.Td>
              </Table.Tr>
            ))}
            {below.map((one) => (
              <Table.Tr key={one.name}>
                <Table.Td colSpan={5}>{one.name}</Table.Td>
                <Table.Td ta="right">{count(one.orders)}</Table.Td>
                <Table.Td ta="right">{told(one.revenue)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </ChartCard>
  );
}
