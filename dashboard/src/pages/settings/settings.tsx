// The workspace as it is set up: who sends, through which doors events come, and what people are spared.

import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useSettings } from '../../api/settings.ts';
import { Answer, PageHead } from '../../parts/states.tsx';
import { General } from './general.tsx';
import { Senders } from './senders.tsx';
import { Sources } from './sources.tsx';

const TABS = ['general', 'senders', 'sources'] as const;

export default function Settings() {
  const { t } = useTranslation();
  const { tab = 'general' } = useParams();
  const navigate = useNavigate();
  const settings = useSettings();
  return (
    <>
      <PageHead title={t('nav.settings')} note={t('settings.note')} />
      <Tabs value={tab} onChange={(next) => void navigate(`/settings/${next ?? 'general'}`)} keepMounted={false}>
        <Tabs.List mb="md">
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`settings.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Answer of={settings}>
          {(told) => (
            <>
              <Tabs.Panel value="general">
                <General settings={told} />
              </Tabs.Panel>
              <Tabs.Panel value="senders">
                <Senders senders={told.senders} />
              </Tabs.Panel>
              <Tabs.Panel value="sources">
                <Sources sources={told.sources} />
              </Tabs.Panel>
            </>
          )}
        </Answer>
      </Tabs>
    </>
  );
}
