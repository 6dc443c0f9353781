// What wants a person's eye, each with what to do about it.

import { Alert, Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AttentionItem } from '../../api/overview.ts';

/** Where each kind is looked after. */
const PLACES: Readonly<Record<string, string>> = {
  faulted: '/people?q=',
  held: '/messages?status=held',
  unknown: '/messages?status=unknown',
  failed: '/messages?status=failed',
  refused: '/settings/sources',
  breaker: '/settings/senders',
  paused: '/settings/senders',
};

export function Attention({ items }: { items: readonly AttentionItem[] }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="md" component="section" aria-label={t('overview.attention')}>
      <Title order={2} size="h3" mb="sm">
        {t('overview.attention')}
      </Title>
      {items.length === 0 ? (
        <Group gap="xs" c="dimmed" py="xs">
          <IconCircleCheck size={20} aria-hidden="true" />
          <Text size="sm">{t('overview.allWell')}</Text>
        </Group>
      ) : (
        <Stack gap="xs">
          {items.map(({ kind, count, about }) => (
            <Alert
              key={kind + about}
              color="orange"
              variant="light"
              icon={<IconAlertTriangle />}
              p="sm"
              title={t(`attention.${kind}`, { count, about, defaultValue: about })}
            >
              <Text size="sm">{t(`attention.${kind}.remedy`, { about, defaultValue: '' })}</Text>
              {PLACES[kind] !== undefined && (
                <Anchor component={Link} to={PLACES[kind]} size="sm">
                  {t('action.look')}
                </Anchor>
              )}
            </Alert>
          ))}
        </Stack>
      )}
    </Paper>
  );
}
