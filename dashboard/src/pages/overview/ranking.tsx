// The journeys by what they brought, the best first.

import { Anchor, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { RankedJourney } from '../../api/overview.ts';
import { ChartCard } from '../../parts/chart-card.tsx';
import { told } from '../../parts/money.tsx';
import { count, percent } from '../../shell/format.ts';

export function Ranking({ journeys }: { journeys: readonly RankedJourney[] }) {
  const { t } = useTranslation();
  return (
    <ChartCard
      title={t('overview.ranking')}
      definition={null}
      file="journeys"
      picture={false}
      rows={[
        ['journey', 'entered', 'messages', 'converted', 'revenue'],
        ...journeys.map((one) => [one.id, one.entered, one.messages, one.converted, told(one.revenue)]),
      ]}
    >
      {journeys.length === 0 ? (
        <Text c="dimmed" size="sm" ta="center" py="lg">
          {t('overview.ranking.empty')}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={520} type="native">
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('journeys.journey')}</Table.Th>
                <Table.Th ta="right">{t('journeys.entered')}</Table.Th>
                <Table.Th ta="right">{t('journeys.messages')}</Table.Th>
                <Table.Th ta="right">{t('journeys.converted')}</Table.Th>
                <Table.Th ta="right">{t('journeys.revenue')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody style={{ fontVariantNumeric: 'tabular-nums' }}>
              {journeys.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td>
                    <Anchor component={Link} to={`/journeys/${encodeURIComponent(one.id)}`} size="sm" fw={500}>
                      {one.title || one.id}
                    </Anchor>
                  </Table.Td>
                  <Table.Td ta="right">{count(one.entered)}</Table.Td>
                  <Table.Td ta="right">{count(one.messages)}</Table.Td>
                  <Table.Td ta="right">
                    {count(one.converted)}
                    {one.entered > 0 && ` · ${percent(one.converted / one.entered, 0)}`}
                  </Table.Td>
                  <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                    {told(one.revenue)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </ChartCard>
  );
}
