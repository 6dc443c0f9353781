// What happens now, the newest above.

import { Anchor, Paper, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFeed } from '../../api/live.ts';
import { StatusBadge } from '../../parts/status.tsx';
import { ago } from '../../shell/format.ts';
import classes from './overview.module.css';

export function Feed() {
  const { t } = useTranslation();
  const { data: lines = [] } = useFeed();
  return (
    <Paper withBorder p="md" component="section" aria-label={t('overview.feed')}>
      <Title order={2} size="h3" mb="sm">
        {t('overview.feed')}
      </Title>
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed" py="lg" ta="center">
          {t('overview.feedEmpty')}
        </Text>
      ) : (
        <ol className={classes.feed}>
          {lines.map((line) => (
            <li key={line.id}>
              <time className={classes.time}>{ago(line.at)}</time>
              <span className={classes.what}>
                <Anchor component={Link} to={`/messages/${encodeURIComponent(line.id)}`} size="sm">
                  {line.template}
                </Anchor>{' '}
                <Text component="span" size="sm" c="dimmed">
                  {line.to ?? line.name}
                </Text>
              </span>
              <StatusBadge status={line.status} />
            </li>
          ))}
        </ol>
      )}
    </Paper>
  );
}
