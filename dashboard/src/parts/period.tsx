// Which days are looked at; kept in the address, so that a link shows the same.

import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';

const PERIODS = { '1': 1, '7': 7, '30': 30, '90': 90, '365': 365 } as const;

/** The days of the address, and how to choose others. */
export function usePeriod(fallback: keyof typeof PERIODS = '30'): readonly [number, (days: string) => void] {
  const [search, setSearch] = useSearchParams();
  const asked = search.get('days');
  const days = PERIODS[(asked !== null && Object.hasOwn(PERIODS, asked) ? asked : fallback) as keyof typeof PERIODS];
  const choose = (next: string) =>
    setSearch(
      (all) => {
        all.set('days', next);
        return all;
      },
      { replace: true },
    );
  return [days, choose];
}

export function PeriodPicker({ days, onChange }: { days: number; onChange: (days: string) => void }) {
  const { t } = useTranslation();
  const data = Object.keys(PERIODS).map((value) => ({ value, label: t(`period.${value}`) }));
  return (
    <>
      <SegmentedControl
        visibleFrom="xs"
        aria-label={t('period.name')}
        value={String(days)}
        onChange={onChange}
        data={data}
      />
      <NativeSelect
        hiddenFrom="xs"
        aria-label={t('period.name')}
        value={String(days)}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={data}
      />
    </>
  );
}
