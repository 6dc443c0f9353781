// The ledger: what was sent, held, skipped and why; one message as it was sent; what nobody knows is settled here.

import { Anchor, Button, Drawer, Group, Paper, Select, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { useJourneyNames } from '../../api/journeys.ts';
import { type MessageLine, useMessages } from '../../api/messages.ts';
import { Answer, Empty, PageHead } from '../../parts/states.tsx';
import { ChannelName, StatusBadge } from '../../parts/status.tsx';
import { exactly, moment } from '../../shell/format.ts';
import { MessageDetail } from './message-detail.tsx';

const STATUSES = [
  'held',
  'sent',
  'delivered',
  'opened',
  'clicked',
  'replied',
  'bounced',
  'failed',
  'skipped',
  'unknown',
];
const REASONS = [
  'no_address',
  'suppressed',
  'no_consent',
  'audience',
  'capped',
  'quiet',
  'holdout',
  'expired',
  'paused',
  'exited',
];
const CHANNELS = ['email', 'sms', 'push'];

export default function MessagesPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const filter = {
    status: search.get('status'),
    reason: search.get('reason'),
    journey: search.get('journey'),
    channel: search.get('channel'),
    person: search.get('person'),
  };
  const set = (name: string, value: string | null) =>
    setSearch((all) => {
      if (value === null || value === '') all.delete(name);
      else all.set(name, value);
      return all;
    });
  const messages = useMessages(filter);
  const journeys = useJourneyNames();
  const back = () => void navigate({ pathname: '/messages', search: search.toString() });
  return (
    <>
      <PageHead title={t('nav.messages')} />
      <Group mb="md" gap="sm" component="search" aria-label={t('messages.filters')}>
        <Select
          aria-label={t('messages.status')}
          placeholder={t('messages.status')}
          clearable
          w={170}
          value={filter.status}
          onChange={(value) => set('status', value)}
          data={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
          clearButtonProps={{ 'aria-label': t('action.clear') }}
        />
        <Select
          aria-label={t('messages.reason')}
          placeholder={t('messages.reason')}
          clearable
          w={200}
          value={filter.reason}
          onChange={(value) => set('reason', value)}
          data={REASONS.map((value) => ({ value, label: t(`reason.${value}`) }))}
          clearButtonProps={{ 'aria-label': t('action.clear') }}
        />
        <Select
          aria-label={t('messages.channel')}
          placeholder={t('messages.channel')}
          clearable
          w={150}
          value={filter.channel}
          onChange={(value) => set('channel', value)}
          data={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          clearButtonProps={{ 'aria-label': t('action.clear') }}
        />
        <Select
          aria-label={t('messages.journey')}
          placeholder={t('messages.journey')}
          clearable
          searchable
          w={220}
          value={filter.journey}
          onChange={(value) => set('journey', value)}
          data={journeys}
          clearButtonProps={{ 'aria-label': t('action.clear') }}
        />
        {filter.person !== null && (
          <Button variant="light" onClick={() => set('person', null)}>
            {t('messages.ofPerson')} ×
          </Button>
        )}
      </Group>
      <Answer of={messages}>
        {(answer) => {
          const all = answer.pages.flatMap((page) => page.messages);
          return all.length === 0 ? (
            <Empty title={t('messages.empty')}>{t('messages.emptyWords')}</Empty>
          ) : (
            <>
              <Lines messages={all} search={search.toString()} />
              {messages.hasNextPage && (
                <Group justify="center" mt="md">
                  <Button
                    variant="default"
                    loading={messages.isFetchingNextPage}
                    onClick={() => void messages.fetchNextPage()}
                  >
                    {t('action.more')}
                  </Button>
                </Group>
              )}
            </>
          );
        }}
      </Answer>
      <Drawer
        opened={id !== undefined}
        onClose={back}
        position="right"
        size="xl"
        title={t('message.title')}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        {id !== undefined && <MessageDetail id={id} />}
      </Drawer>
    </>
  );
}

function Lines({ messages, search }: { messages: readonly MessageLine[]; search: string }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={820} type="native">
        <Table verticalSpacing="xs" horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('messages.when')}</Table.Th>
              <Table.Th>{t('messages.person')}</Table.Th>
              <Table.Th>{t('messages.channel')}</Table.Th>
              <Table.Th>{t('messages.journey')}</Table.Th>
              <Table.Th>{t('messages.template')}</Table.Th>
              <Table.Th>{t('messages.status')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {messages.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td style={{ whiteSpace: 'nowrap' }} title={exactly(one.at)}>
                  <Anchor
                    component={Link}
                    to={{ pathname: `/messages/${encodeURIComponent(one.id)}`, search }}
                    size="sm"
                  >
                    {moment(one.at)}
                  </Anchor>
                </Table.Td>
                <Table.Td
                  maw={240}
                  style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
                  title={one.to ?? one.name}
                >
                  <Anchor component={Link} to={`/people/${encodeURIComponent(one.person)}`} size="sm" c="inherit">
                    {one.to ?? one.name}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <ChannelName channel={one.channel} />
                </Table.Td>
                <Table.Td>{one.journey}</Table.Td>
                <Table.Td>{one.template}</Table.Td>
                <Table.Td>
                  <Group gap={6} wrap="nowrap">
                    <StatusBadge status={one.status} />
                    {one.reason !== null && (
                      <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                        {t(`reason.${one.reason}`, { defaultValue: one.reason })}
                      </Text>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
