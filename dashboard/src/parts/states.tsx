// What a page shows while it has nothing to show: it loads, there is nothing, it failed, or it is not for this role.

import { Alert, Button, Center, Group, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconInbox, IconLock, IconPlugConnectedX } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center py={72} role="status" aria-live="polite">
      <Loader size="sm" aria-hidden="true" />
      <Text ml="sm" c="dimmed">
        {t('state.loading')}
      </Text>
    </Center>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly icon?: ReactNode;
}

/** Nothing here, and what would change that. */
export function Empty({ title, children, icon = <IconInbox size={26} stroke={1.6} /> }: EmptyProps) {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="xs" maw={460}>
        <ThemeIcon size={52} radius="xl" variant="light" color="gray">
          {icon}
        </ThemeIcon>
        <Title order={3} ta="center">
          {title}
        </Title>
        {children !== undefined && (
          <Text component="div" c="dimmed" ta="center" size="sm">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  );
}

/** What went wrong, in the server's words, and what to do. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 403) return <Forbidden />;
  const lost = error instanceof ApiError && error.status === 0;
  const title = lost ? t('state.lost') : t('state.failed');
  const words = lost ? t('state.lostWords') : error instanceof Error ? error.message : String(error);
  return (
    <Alert
      color="red"
      variant="light"
      icon={lost ? <IconPlugConnectedX /> : <IconAlertTriangle />}
      title={title}
      role="alert"
      my="md"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {words}
        </Text>
        {error instanceof ApiError && error.remedy !== null && <Text size="sm">{error.remedy}</Text>}
        {error instanceof ApiError && !lost && (
          <Text size="xs" ff="monospace">
            {error.code}
          </Text>
        )}
        {again !== undefined && (
          <Button size="xs" variant="default" onClick={again}>
            {t('state.again')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function Forbidden() {
  const { t } = useTranslation();
  return (
    <Empty title={t('state.forbidden')} icon={<IconLock size={26} stroke={1.6} />}>
      {t('state.forbiddenWords')}
    </Empty>
  );
}

interface AnswerProps<T> {
  readonly of: UseQueryResult<T, Error>;
  readonly children: (data: T) => ReactNode;
}

/** Shows what a question was answered, or why it is not. An older answer stays while a newer one cannot be had. */
export function Answer<T>({ of: query, children }: AnswerProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isPending) return <Loading />;
  return <Failed error={query.error} again={() => void query.refetch()} />;
}

/** The head of every page: what it is, and what can be done on it. */
export function PageHead({ title, children, note }: { title: ReactNode; children?: ReactNode; note?: ReactNode }) {
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <div style={{ minWidth: 0 }}>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {note !== undefined && (
          <Text c="dimmed" size="sm" mt={2} component="div">
            {note}
          </Text>
        )}
      </div>
      {children !== undefined && (
        <Group gap="xs" wrap="wrap">
          {children}
        </Group>
      )}
    </Group>
  );
}
