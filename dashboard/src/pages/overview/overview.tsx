// What all journeys did in the period, against the one before; what wants attention; what happens now.

import { SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../../api/figures.ts';
import { type OverviewFigures, useOverview } from '../../api/overview.ts';
import { Kpi } from '../../parts/kpi.tsx';
import { told } from '../../parts/money.tsx';
import { PeriodPicker, usePeriod } from '../../parts/period.tsx';
import { Answer, PageHead } from '../../parts/states.tsx';
import { percent, short } from '../../shell/format.ts';
import { Attention } from './attention.tsx';
import { ByChannel, ByDay, RevenueByDay } from './charts.tsx';
import { Feed } from './feed.tsx';
import { Guide } from './guide.tsx';
import classes from './overview.module.css';
import { Ranking } from './ranking.tsx';

export default function Overview() {
  const { t } = useTranslation();
  const [days, choose] = usePeriod();
  const overview = useOverview(days);
  return (
    <>
      <PageHead title={t('nav.overview')}>
        <PeriodPicker days={days} onChange={choose} />
      </PageHead>
      <Guide />
      <Answer of={overview}>
        {(figures) => (
          <>
            <Figures figures={figures} />
            <div className={classes.columns}>
              <div className={classes.stack}>
                <ByDay figures={figures} />
                <Ranking journeys={figures.journeys} />
              </div>
              <div className={classes.stack}>
                <Attention items={figures.attention} />
                <Feed />
              </div>
            </div>
            <div className={classes.pair}>
              <ByChannel figures={figures} />
              <RevenueByDay figures={figures} />
            </div>
          </>
        )}
      </Answer>
    </>
  );
}

const KINDS = ['sent', 'delivered', 'opened', 'clicked', 'converted'] as const;

function Figures({ figures: { totals, before } }: { figures: OverviewFigures }) {
  const { t } = useTranslation();
  const means = useDefinitions();
  const share = (kind: (typeof KINDS)[number]) =>
    kind === 'sent' || kind === 'converted' || totals.sent === 0
      ? {}
      : { note: t('figure.ofSent', { share: percent(totals[kind] / totals.sent) }) };
  const [main] = Object.keys(totals.revenue);
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, xl: 6 }} spacing="md">
      {KINDS.map((kind) => (
        <Kpi
          key={kind}
          label={t(`figure.${kind}`)}
          value={short(totals[kind])}
          now={totals[kind]}
          before={before?.[kind] ?? null}
          definition={means(kind)}
          {...share(kind)}
        />
      ))}
      <Kpi
        label={t('figure.revenue')}
        value={told(totals.revenue)}
        now={main === undefined ? 0 : (totals.revenue[main] ?? 0)}
        before={main === undefined || before === null ? null : (before.revenue[main] ?? 0)}
        definition={means('revenue')}
      />
    </SimpleGrid>
  );
}
