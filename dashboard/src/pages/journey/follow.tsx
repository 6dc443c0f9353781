// The guided visit on the canvas: where the demonstration cart is, and what one can do next.

import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import { IconShoppingCart } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Followed } from '../../api/guide.ts';
import { ago } from '../../shell/format.ts';

interface FollowProps {
  readonly followed: Followed;
  readonly person: string;
  readonly onStop: () => void;
}

export function Follow({ followed, person, onStop }: FollowProps) {
  const { t } = useTranslation();
  const { step, until, outcome, messages } = followed;
  const unread = messages.find(({ status }) => status === 'sent' || status === 'delivered');
  return (
    <Alert color="trail" variant="light" icon={<IconShoppingCart />} title={t('guide.following')} mb="md" role="status">
      <Text size="sm">
        {outcome !== null
          ? t('guide.done', { outcome: t(`outcome.${outcome}`, { defaultValue: outcome }) })
          : step === null
            ? t('guide.gone')
            : t('guide.at')}{' '}
        {outcome === null && until !== null && t('guide.until', { when: ago(until) })}
      </Text>
      {outcome === null && unread !== undefined && (
        <Text size="sm" mt={4}>
          {t('guide.letter')}
        </Text>
      )}
      <Group gap="sm" mt="sm">
        {outcome === null && unread !== undefined && (
          <Button component={Link} to={`/sandbox/${encodeURIComponent(unread.id)}`} size="xs">
            {t('guide.read')}
          </Button>
        )}
        <Anchor component={Link} to={`/people/${encodeURIComponent(person)}`} size="sm">
          {t('guide.why')}
        </Anchor>
        <Button variant="subtle" size="xs" onClick={onStop}>
          {t('guide.stop')}
        </Button>
      </Group>
    </Alert>
  );
}
