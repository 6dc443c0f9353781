// When messages leave, and what share is clicked, hour by hour of the week.

import { Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../../api/figures.ts';
import type { HoursReport } from '../../api/reports.ts';
import { ChartCard } from '../../parts/chart-card.tsx';
import { count, weekday as nameOf, percent } from '../../shell/format.ts';
import classes from './reports.module.css';

const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;
const DAY = Array.from({ length: 24 }, (_, hour) => hour);

export function Hours({ report: { timezone, hours } }: { report: HoursReport }) {
  const { t } = useTranslation();
  const means = useDefinitions();
  const most = Math.max(1, ...hours.map(({ sent }) => sent));
  const at = new Map(hours.map((one) => [`${one.weekday} ${one.hour}`, one]));
  return (
    <ChartCard
      title={t('reports.hours')}
      definition={means('byHour')}
      file="time-of-day"
      picture={false}
      rows={[
        ['weekday', 'hour', 'sent', 'delivered', 'opened', 'clicked'],
        ...hours.map((one) => [one.weekday, one.hour, one.sent, one.delivered, one.opened, one.clicked]),
      ]}
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t('reports.hoursNote', { zone: timezone })}
      </Text>
      <Table.ScrollContainer minWidth={900} type="native">
        <Table className={classes.grid} withRowBorders={false}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('reports.day')}</Table.Th>
              {DAY.map((hour) => (
                <Table.Th key={hour} ta="center">
                  {hour}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {WEEK.map((weekday) => (
              <Table.Tr key={weekday}>
                <Table.Th scope="row">{nameOf(weekday)}</Table.Th>
                {DAY.map((hour) => {
                  const one = at.get(`${weekday} ${hour}`);
                  const [sent, clicked] = [one?.sent ?? 0, one?.clicked ?? 0];
                  const told = { day: nameOf(weekday), hour, sent: count(sent), clicked: count(clicked) };
                  return (
                    <Table.Td key={hour} ta="center" title={t('reports.hour', told)} style={shade(sent / most)}>
                      {sent === 0 ? '' : percent(clicked / sent, 0)}
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </ChartCard>
  );
}

/** As dark as its share of the most; light enough to read what stands on it. */
export const shade = (share: number) => ({
  background: share === 0 ? undefined : `rgb(63 107 224 / ${Math.round(8 + 32 * share)}%)`,
});
