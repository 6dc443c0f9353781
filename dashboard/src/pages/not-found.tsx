// An address nothing stands at.

import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty } from '../parts/states.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty title={t('state.notFound')}>
      <Button component={Link} to="/" variant="default" mt="sm">
        {t('nav.overview')}
      </Button>
    </Empty>
  );
}
