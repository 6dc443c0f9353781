// The first visit: one button sends a demonstration cart, and one watches it travel over the canvas.

import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconShoppingCart } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useDemonstration, useSendCart } from '../../api/guide.ts';
import { useMay } from '../../api/session.ts';
import { tellFailed } from '../../parts/tell.ts';

export function Guide() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const { data } = useDemonstration();
  const send = useSendCart();
  if (data === undefined || data.journey === null || !may.author) return null;
  const { journey } = data;
  return (
    <Paper
      withBorder
      p="lg"
      mb="md"
      component="section"
      aria-label={t('guide.title')}
      style={{ borderColor: 'var(--mantine-color-trail-filled)' }}
    >
      <Group justify="space-between" gap="md">
        <div style={{ flex: '1 1 320px' }}>
          <Title order={2}>{t('guide.title')}</Title>
          <Text size="sm" c="dimmed" mt={4}>
            {t('guide.words')}
          </Text>
        </div>
        <Button
          size="md"
          leftSection={<IconShoppingCart size={18} />}
          loading={send.isPending}
          onClick={() =>
            send.mutate(undefined, {
              onSuccess: ({ person }) =>
                void navigate(`/journeys/${encodeURIComponent(journey)}?follow=${encodeURIComponent(person)}`),
              onError: tellFailed,
            })
          }
        >
          {t('guide.send')}
        </Button>
      </Group>
    </Paper>
  );
}
