// Where the person stands, and what will happen next and when.

import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { PersonFull } from '../../api/people.ts';
import { channelName } from '../../canvas/words.ts';
import { StatusBadge } from '../../parts/status.tsx';
import { ago, exactly } from '../../shell/format.ts';

export function Next({ person: { inside, waiting, onTheirWay } }: { person: PersonFull }) {
  const { t } = useTranslation();
  const nothing = inside.length + waiting.length + onTheirWay.length === 0;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('person.next')}>
      <Title order={2} size="h3" mb="sm">
        {t('person.next')}
      </Title>
      {nothing && (
        <Text size="sm" c="dimmed">
          {t('person.nothingNext')}
        </Text>
      )}
      <Stack gap="xs">
        {waiting.map(({ journey, due }) => (
          <Text key={journey} size="sm">
            {t('person.enters', { journey, when: ago(due) })}{' '}
            <Text component="span" c="dimmed">
              {exactly(due)}
            </Text>
          </Text>
        ))}
        {inside.map((one) => (
          <div key={`${one.journey} ${one.key ?? ''}`}>
            <Text size="sm">
              <Anchor component={Link} size="sm" underline="always" to={`/journeys/${encodeURIComponent(one.journey)}`}>
                {one.journey}
              </Anchor>
              {one.key === null ? '' : ` (${one.key})`}: {t('person.stands', { step: one.step })}
              {one.holdout ? ` · ${t('reason.holdout')}` : ''}
            </Text>
            {one.until !== null && (
              <Text size="sm" c="dimmed">
                {t('person.until', { when: ago(one.until), at: exactly(one.until) })}
              </Text>
            )}
            {one.fault !== null && (
              <Text size="sm" c="light-dark(#a61b1b, #ffa8a8)">
                {one.fault}
              </Text>
            )}
          </div>
        ))}
        {onTheirWay.map((one) => (
          <Group key={one.id} gap="xs">
            <StatusBadge status={one.status === 'ready' || one.status === 'begun' ? 'sending' : one.status} />
            <Text size="sm">
              {channelName(one.channel, t)} · {one.template}
              {one.reason === null ? '' : ` · ${t(`reason.${one.reason}`, { defaultValue: one.reason })}`}
              {one.until === null ? '' : ` · ${ago(one.until)}`}
            </Text>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
