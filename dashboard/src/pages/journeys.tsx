// Every journey: what it does now, who is inside, and what it brought in the period.

import { Anchor, Group, Paper, Table, Text } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useJourneys } from '../api/journeys.ts';
import { Money } from '../parts/money.tsx';
import { PeriodPicker, usePeriod } from '../parts/period.tsx';
import { Answer, Empty, PageHead } from '../parts/states.tsx';
import { JourneyBadge } from '../parts/status.tsx';
import { count, percent } from '../shell/format.ts';

export default function Journeys() {
  const { t } = useTranslation();
  const [days, choose] = usePeriod();
  const journeys = useJourneys(days);
  return (
    <>
      <PageHead title={t('nav.journeys')}>
        <PeriodPicker days={days} onChange={choose} />
      </PageHead>
      <Answer of={journeys}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t('journeys.empty')} icon={<IconRoute size={26} stroke={1.6} />}>
              {t('journeys.emptyWords')}
            </Empty>
          ) : (
            <Paper withBorder>
              <Table.ScrollContainer minWidth={760} type="native">
                <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('journeys.journey')}</Table.Th>
                      <Table.Th>{t('journeys.state')}</Table.Th>
                      <Table.Th ta="right">{t('journeys.inside')}</Table.Th>
                      <Table.Th ta="right">{t('journeys.entered')}</Table.Th>
                      <Table.Th ta="right">{t('journeys.messages')}</Table.Th>
                      <Table.Th ta="right">{t('journeys.converted')}</Table.Th>
                      <Table.Th ta="right">{t('journeys.revenue')}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {all.map((one) => (
                      <Table.Tr key={one.id}>
                        <Table.Td style={{ minWidth: 200 }}>
                          <Anchor component={Link} to={`/journeys/${encodeURIComponent(one.id)}`} fw={600} c="inherit">
                            {one.title || one.id}
                          </Anchor>
                          <Text size="xs" c="dimmed">
                            {one.id}
                          </Text>
                        </Table.Td>
                        <Table.Td>
                          <JourneyBadge {...one} />
                        </Table.Td>
                        <Count n={one.inside} />
                        <Count n={one.entered} />
                        <Count n={one.messages} />
                        <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>
                          <Group gap={6} justify="flex-end" wrap="nowrap">
                            {count(one.converted)}
                            {one.entered > 0 && (
                              <Text size="xs" c="dimmed">
                                {percent(one.converted / one.entered)}
                              </Text>
                            )}
                          </Group>
                        </Table.Td>
                        <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
                          <Money amounts={one.revenue} />
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Paper>
          )
        }
      </Answer>
    </>
  );
}

function Count({ n }: { n: number }) {
  return (
    <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {count(n)}
    </Table.Td>
  );
}
