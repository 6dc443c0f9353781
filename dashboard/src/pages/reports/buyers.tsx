// Who buys, how lately and how often, and who comes back.

import { Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RetentionReport, RfmReport } from '../../api/reports.ts';
import { ChartCard } from '../../parts/chart-card.tsx';
import { count, money, percent } from '../../shell/format.ts';
import { shade } from './hours.tsx';
import classes from './reports.module.css';

export function Rfm({ report: { recency, frequency, currency, cells } }: { report: RfmReport }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...cells.map(({ people }) => people));
  const band = (ends: readonly number[], n: number) => {
    const [from, to] = [n === 0 ? (ends === frequency ? 1 : 0) : (ends[n - 1] ?? 0) + 1, ends[n]];
    if (to === undefined) return t('reports.over', { n: ends.at(-1) });
    return from === to ? String(to) : `${from}–${to}`;
  };
  const bands = (ends: readonly number[]) => Array.from({ length: ends.length + 1 }, (_, n) => n);
  return (
    <Grid
      title={t('reports.rfm')}
      note={t('reports.rfmNote')}
      file="rfm"
      empty={cells.length === 0}
      rows={[
        [t('reports.since'), t('reports.orders'), t('reports.size'), currency],
        ...cells.map((one) => [
          band(recency, one.recency),
          band(frequency, one.frequency),
          one.people,
          one.orders_total,
        ]),
      ]}
      head={[t('reports.since'), ...bands(frequency).map((n) => band(frequency, n))]}
    >
      {bands(recency).map((row) => (
        <Table.Tr key={row}>
          <Table.Th scope="row">{band(recency, row)}</Table.Th>
          {bands(frequency).map((column) => {
            const cell = cells.find((one) => one.recency === row && one.frequency === column);
            return (
              <Table.Td key={column} ta="center" style={shade((cell?.people ?? 0) / most)}>
                {cell !== undefined && (
                  <>
                    {t('reports.people', { count: cell.people })}
                    <br />
                    {money(cell.orders_total, currency)}
                  </>
                )}
              </Table.Td>
            );
          })}
        </Table.Tr>
      ))}
    </Grid>
  );
}

export function Retention({ report: { cohorts } }: { report: RetentionReport }) {
  const { t } = useTranslation();
  const months = Array.from({ length: Math.max(0, ...cohorts.map(({ returned }) => returned.length)) }, (_, n) => n);
  const head = [t('reports.first'), t('reports.size'), ...months.map((n) => t('reports.month', { n }))];
  return (
    <Grid
      title={t('reports.retention')}
      note={t('reports.retentionNote')}
      file="retention"
      empty={cohorts.length === 0}
      rows={[head, ...cohorts.map((one) => [one.month, one.people, ...one.returned])]}
      head={head}
    >
      {cohorts.map(({ month, people, returned }) => (
        <Table.Tr key={month}>
          <Table.Th scope="row">{month}</Table.Th>
          <Table.Td ta="center">{count(people)}</Table.Td>
          {months.map((n) => {
            const share = (returned[n] ?? 0) / people;
            return (
              <Table.Td key={n} ta="center" style={shade(share)}>
                {n < returned.length ? percent(share, 0) : ''}
              </Table.Td>
            );
          })}
        </Table.Tr>
      ))}
    </Grid>
  );
}

interface GridProps {
  readonly title: string;
  readonly note: string;
  readonly file: string;
  readonly empty: boolean;
  readonly rows: readonly (readonly (string | number)[])[];
  readonly head: readonly string[];
  readonly children: ReactNode;
}

function Grid({ title, note, file, empty, rows, head, children }: GridProps) {
  const { t } = useTranslation();
  return (
    <ChartCard title={title} definition={null} file={file} picture={false} rows={rows}>
      {empty ? (
        <Text c="dimmed" ta="center" py="xl" size="sm">
          {t('reports.noOrders')}
        </Text>
      ) : (
        <>
          <Text size="sm" c="dimmed" mb="sm">
            {note}
          </Text>
          <Table.ScrollContainer minWidth={640} type="native">
            <Table className={classes.grid} withRowBorders={false}>
              <Table.Thead>
                <Table.Tr>
                  {head.map((name, n) => (
                    <Table.Th key={name} ta={n === 0 ? 'left' : 'center'}>
                      {name}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>{children}</Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
    </ChartCard>
  );
}
