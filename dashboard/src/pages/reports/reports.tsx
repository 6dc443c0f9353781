// Reports: how sending turns into orders, which channel and hour do it best, who buys and who comes back.

import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useChannelReport, useFunnel, useHoursReport, useRetention, useRfm } from '../../api/reports.ts';
import { PeriodPicker, usePeriod } from '../../parts/period.tsx';
import { Answer, PageHead } from '../../parts/states.tsx';
import { Retention, Rfm } from './buyers.tsx';
import { Channels, Funnel } from './channels.tsx';
import { Hours } from './hours.tsx';

export default function Reports() {
  const { t } = useTranslation();
  const [days, choose] = usePeriod();
  const [funnel, channels, hours] = [useFunnel(days), useChannelReport(days), useHoursReport(days)];
  const [rfm, retention] = [useRfm(), useRetention()];
  return (
    <>
      <PageHead title={t('nav.reports')}>
        <PeriodPicker days={days} onChange={choose} />
      </PageHead>
      <Stack>
        <Answer of={funnel}>{(report) => <Funnel report={report} />}</Answer>
        <Answer of={channels}>{(report) => <Channels report={report} />}</Answer>
        <Answer of={hours}>{(report) => <Hours report={report} />}</Answer>
        <Answer of={rfm}>{(report) => <Rfm report={report} />}</Answer>
        <Answer of={retention}>{(report) => <Retention report={report} />}</Answer>
      </Stack>
    </>
  );
}
