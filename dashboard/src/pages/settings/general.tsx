// Brand, consent, quiet hours, caps and categories, as `tropa.yaml` says.

import { Paper, SimpleGrid, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsTold } from '../../api/settings.ts';
import { channelName } from '../../canvas/words.ts';
import { Traits } from '../../parts/traits.tsx';

export function General({ settings }: { settings: SettingsTold }) {
  const { t } = useTranslation();
  const { brand, timezone, locale, currency, consent, quietHours, caps, categories } = settings;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card title={t('settings.brand')}>
        <Traits
          rows={[
            [t('settings.name'), brand.name || '–'],
            [t('settings.site'), brand.url || '–'],
            [t('settings.timezone'), timezone],
            [t('settings.locale'), locale],
            [t('settings.currency'), currency],
          ]}
        />
      </Card>
      <Card title={t('settings.consent')}>
        <Traits
          rows={Object.entries(consent).map(([channel, rule]) => [channelName(channel, t), t(`settings.${rule}`)])}
        />
      </Card>
      <Card title={t('settings.quiet')}>
        <Traits
          rows={
            quietHours === null
              ? [[t('settings.quiet'), t('settings.noQuiet')]]
              : [
                  [t('settings.hours'), `${quietHours.from} – ${quietHours.to}`],
                  [t('settings.then'), t(`settings.then.${quietHours.then}`)],
                  [t('messages.channel'), quietHours.channels.map((one) => channelName(one, t)).join(', ')],
                ]
          }
        />
      </Card>
      <Card title={t('settings.caps')}>
        <Traits
          rows={
            caps.length === 0
              ? [[t('settings.caps'), t('settings.noCaps')]]
              : caps.map((cap) => [
                  cap.channel === null ? t('settings.anyChannel') : channelName(cap.channel, t),
                  t('settings.cap', { max: cap.max, per: t(`settings.per.${cap.per}`, { defaultValue: cap.per }) }),
                ])
          }
        />
      </Card>
      <Card title={t('settings.categories')}>
        <Traits
          rows={categories.map((one) => [
            one.title,
            one.transactional ? t('settings.transactional', { id: one.id }) : one.id,
          ])}
        />
      </Card>
    </SimpleGrid>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Title order={2} size="h3" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}
