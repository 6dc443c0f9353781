// One journey: its picture with the people on it, what it brought, what the control group says, and its levers.

import { Button, Drawer, Group, Menu, Select, SimpleGrid } from '@mantine/core';
import {
  IconArchive,
  IconChevronDown,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserPlus,
} from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { useDefinitions } from '../../api/figures.ts';
import { type Followed, useFollowed } from '../../api/guide.ts';
import { type JourneyView, useJourney, useSetJourney } from '../../api/journeys.ts';
import { useMay } from '../../api/session.ts';
import { confirmed } from '../../parts/confirm.tsx';
import { Kpi } from '../../parts/kpi.tsx';
import { told } from '../../parts/money.tsx';
import { PeriodPicker, usePeriod } from '../../parts/period.tsx';
import { Answer, Empty, Loading, PageHead } from '../../parts/states.tsx';
import { JourneyBadge } from '../../parts/status.tsx';
import { tellDone, tellFailed } from '../../parts/tell.ts';
import { count, day, percent } from '../../shell/format.ts';
import { Follow } from './follow.tsx';
import { Holdout } from './holdout.tsx';
import classes from './journey.module.css';
import { StartPeople } from './start.tsx';
import { StepPanel } from './step-panel.tsx';

const Canvas = lazy(() => import('../../canvas/journey-canvas.tsx'));

export default function JourneyPage() {
  const { id = '' } = useParams();
  const [days, choose] = usePeriod();
  const [version, setVersion] = useState<string | null>(null);
  const journey = useJourney(id, days, version);
  const { t } = useTranslation();
  return (
    <Answer of={journey}>
      {(view) => (
        <>
          <Head view={view} />
          <Group justify="space-between" mb="md" gap="sm">
            <PeriodPicker days={days} onChange={choose} />
            <Select
              aria-label={t('journey.version')}
              value={version ?? view.version}
              onChange={setVersion}
              allowDeselect={false}
              w={{ base: '100%', xs: 320 }}
              data={view.versions.map((one) => ({
                value: one.hash,
                label: `v${one.number} · ${day(one.deployedAt)}${one.author === null ? '' : ` · ${one.author}`}`,
              }))}
            />
          </Group>
          <Body view={view} />
        </>
      )}
    </Answer>
  );
}

function Head({ view }: { view: JourneyView }) {
  const { t } = useTranslation();
  const may = useMay();
  const set = useSetJourney(view.id);
  const [starting, setStarting] = useState(false);
  const change = async (what: 'pause' | 'resume' | 'archive') => {
    if (what !== 'resume' && !(await confirmed(t(`journey.sure.${what}`, { title: view.title }), t(`journey.${what}`))))
      return;
    set.mutate(what, { onSuccess: () => tellDone(t(`journey.did.${what}`)), onError: tellFailed });
  };
  return (
    <PageHead
      title={view.title || view.id}
      note={
        <Group gap="xs">
          <JourneyBadge {...view} />
          {view.id}
        </Group>
      }
    >
      {may.author && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} />} loading={set.isPending}>
              {t('journey.levers')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {view.paused ? (
              <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => void change('resume')}>
                {t('journey.resume')}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => void change('pause')}>
                {t('journey.pause')}
              </Menu.Item>
            )}
            {view.startable && (
              <Menu.Item leftSection={<IconUserPlus size={16} />} onClick={() => setStarting(true)}>
                {t('journey.start')}
              </Menu.Item>
            )}
            {!view.archived && (
              <Menu.Item color="red" leftSection={<IconArchive size={16} />} onClick={() => void change('archive')}>
                {t('journey.archive')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      <Button
        component={Link}
        to={`/journeys/${encodeURIComponent(view.id)}/edit`}
        leftSection={<IconPencil size={16} />}
      >
        {t(may.author ? 'journey.edit' : 'journey.read')}
      </Button>
      {starting && <StartPeople id={view.id} onClose={() => setStarting(false)} />}
    </PageHead>
  );
}

function Body({ view }: { view: JourneyView }) {
  const { t } = useTranslation();
  const means = useDefinitions();
  const [step, setStep] = useState<string | null>(null);
  const [search, setSearch] = useSearchParams();
  const person = search.get('follow');
  const followed = useFollowed(view.id, person);
  const { totals, picture } = view;
  const node = useMemo(() => picture?.nodes.find((one) => one.id === step) ?? null, [picture, step]);
  return (
    <>
      {person !== null && followed.data !== undefined && (
        <Follow
          followed={followed.data}
          person={person}
          onStop={() =>
            setSearch((all) => {
              all.delete('follow');
              return all;
            })
          }
        />
      )}
      <SimpleGrid cols={{ base: 2, md: 4 }} mb="md">
        <Kpi
          label={t('figure.inside')}
          value={count(totals.inside)}
          now={totals.inside}
          before={null}
          definition={means('inside')}
        />
        <Kpi
          label={t('figure.entered')}
          value={count(totals.entered)}
          now={totals.entered}
          before={totals.before?.entered ?? null}
          definition={means('entered')}
        />
        <Kpi
          label={t('figure.converted')}
          value={count(totals.converted)}
          now={totals.converted}
          before={totals.before?.converted ?? null}
          definition={means('converted')}
          {...(totals.entered > 0 && { note: percent(totals.converted / totals.entered) })}
        />
        <Kpi
          label={t('figure.revenue')}
          value={told(totals.revenue)}
          now={0}
          before={null}
          definition={means('revenue')}
        />
      </SimpleGrid>
      <div className={classes.canvas}>
        {picture === null ? (
          <Empty title={t('canvas.none')} />
        ) : (
          <Suspense fallback={<Loading />}>
            <Canvas
              picture={picture}
              counts={view.counts}
              selected={step}
              {...(person !== null && followed.data !== undefined && { here: placeOf(followed.data) })}
              onSelect={setStep}
              name={view.id}
            />
          </Suspense>
        )}
      </div>
      {view.holdout !== null && <Holdout figures={view.holdout} />}
      <Drawer
        opened={node !== null}
        onClose={() => setStep(null)}
        position="right"
        size="md"
        title={node === null ? '' : t('step.title', { id: node.id })}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        {node !== null && <StepPanel journey={view.id} node={node} counts={view.counts.steps.get(node.id) ?? null} />}
      </Drawer>
    </>
  );
}

/** Where the followed cart is drawn: waiting to enter it stands at the entry, after the end at the end. */
function placeOf({ step, outcome }: Followed): string {
  return step ?? (outcome === null ? '$entry' : '$completed');
}
