// One message: whom it went to and on which consent it stood, what became of it, and how it looked.

import { Alert, Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type MessageFull, useMessage, useResolve } from '../../api/messages.ts';
import { useMay } from '../../api/session.ts';
import { MessageFrame, NotKept } from '../../parts/message-frame.tsx';
import { Phone } from '../../parts/phone.tsx';
import { Answer } from '../../parts/states.tsx';
import { ChannelName, StatusBadge } from '../../parts/status.tsx';
import { tellDone, tellFailed } from '../../parts/tell.ts';
import { exactly } from '../../shell/format.ts';

export function MessageDetail({ id }: { id: string }) {
  const message = useMessage(id);
  return <Answer of={message}>{(one) => <Detail message={one} />}</Answer>;
}

function Detail({ message }: { message: MessageFull }) {
  const { t } = useTranslation();
  const times = Object.entries(message.times).sort((a, b) => a[1] - b[1]);
  return (
    <Stack>
      <Group gap="xs">
        <ChannelName channel={message.channel} />
        <StatusBadge status={message.status} />
        {message.reason !== null && (
          <Text size="sm">{t(`reason.${message.reason}`, { defaultValue: message.reason })}</Text>
        )}
      </Group>
      {message.status === 'unknown' && <Settle id={message.id} />}
      <Table withRowBorders={false} verticalSpacing={4} layout="fixed">
        <Table.Tbody>
          <Row name={t('messages.person')}>
            <Anchor component={Link} to={`/people/${encodeURIComponent(message.person)}`}>
              {message.to ?? message.name}
            </Anchor>
          </Row>
          <Row name={t('messages.journey')}>
            <Anchor component={Link} to={`/journeys/${encodeURIComponent(message.journey)}`}>
              {message.journey}
            </Anchor>{' '}
            · {message.step}
          </Row>
          <Row name={t('messages.template')}>{message.template}</Row>
          <Row name={t('message.consent')}>{message.consent ?? t('message.noConsent')}</Row>
          {times.map(([name, at]) => (
            <Row key={name} name={t(`status.${name}`, { defaultValue: name })}>
              {exactly(at)}
            </Row>
          ))}
        </Table.Tbody>
      </Table>
      <Content message={message} />
    </Stack>
  );
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <Table.Tr>
      <Table.Td c="dimmed" w={130} style={{ verticalAlign: 'top' }}>
        {name}
      </Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{children}</Table.Td>
    </Table.Tr>
  );
}

function Content({ message }: { message: MessageFull }) {
  const { t } = useTranslation();
  const { content } = message;
  if (content === null) return <NotKept />;
  if (message.channel !== 'email')
    return (
      <Phone
        items={[
          { id: message.id, channel: message.channel, title: content.subject, text: content.text, at: message.at },
        ]}
        selected={null}
        empty=""
        brand="Tropa"
      />
    );
  return (
    <div>
      <Text fw={600} mb="xs" style={{ overflowWrap: 'anywhere' }}>
        {content.subject || t('message.noSubject')}
      </Text>
      {content.html ? (
        <MessageFrame
          src={`/api/messages/${encodeURIComponent(message.id)}/frame`}
          title={content.subject || t('message.noSubject')}
        />
      ) : (
        <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{content.text}</Text>
      )}
    </div>
  );
}

function Settle({ id }: { id: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const resolve = useResolve(id);
  const as = (how: 'sent' | 'resend') =>
    resolve.mutate(how, { onSuccess: () => tellDone(t('message.settled')), onError: tellFailed });
  return (
    <Alert color="orange" variant="light" title={t('message.unknown')}>
      <Text size="sm">{t('message.unknownWords')}</Text>
      {may.author && (
        <Group gap="xs" mt="sm">
          <Button size="xs" variant="default" loading={resolve.isPending} onClick={() => as('sent')}>
            {t('message.wasSent')}
          </Button>
          <Button size="xs" variant="default" loading={resolve.isPending} onClick={() => as('resend')}>
            {t('message.sendAgain')}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
