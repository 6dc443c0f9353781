// What the person allows, each word with its proof.

import { Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { PersonFull } from '../../api/people.ts';
import { channelName } from '../../canvas/words.ts';
import { exactly } from '../../shell/format.ts';

export function Consents({ person: { consent, suppressed, pausedUntil } }: { person: PersonFull }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      {consent.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('person.noConsent')}
        </Text>
      )}
      {consent.map((word) => (
        <div key={`${word.channel}/${word.category ?? ''}`}>
          <Group gap={6} wrap="nowrap">
            {word.granted ? (
              <IconCheck size={16} color="light-dark(#0b6b3a, #74d8b4)" aria-hidden="true" />
            ) : (
              <IconX size={16} color="light-dark(#a61b1b, #ffa8a8)" aria-hidden="true" />
            )}
            <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {[channelName(word.channel, t), word.category].filter(Boolean).join(' · ')}:{' '}
              {t(word.granted ? 'person.granted' : 'person.withdrawn')}
            </Text>
          </Group>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {[exactly(word.at), word.source, word.version, word.text === null ? null : `“${word.text}”`]
              .filter(Boolean)
              .join(' · ')}
          </Text>
        </div>
      ))}
      {suppressed.map((address) => (
        <Text key={address} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {t('person.suppressed', { address })}
        </Text>
      ))}
      {pausedUntil !== null && <Text size="sm">{t('person.paused', { until: exactly(pausedUntil) })}</Text>}
    </Stack>
  );
}
