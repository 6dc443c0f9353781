// The sandbox's inbox: a mail client and a phone side by side, with what people received, and everything they could do.

import { ActionIcon, Anchor, Button, Group, Paper, ScrollArea, Text, TextInput, Title } from '@mantine/core';
import { IconArrowBackUp, IconBan, IconClick, IconEye, IconMailOff, IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { type SandboxAction, type SandboxMessage, useAct, useSandbox } from '../../api/sandbox.ts';
import { MessageFrame } from '../../parts/message-frame.tsx';
import { Phone } from '../../parts/phone.tsx';
import { Answer, Empty, PageHead } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status.tsx';
import { tellDone, tellFailed } from '../../parts/tell.ts';
import { ago, exactly } from '../../shell/format.ts';
import classes from './sandbox.module.css';

export default function SandboxPage() {
  const { t } = useTranslation();
  const inbox = useSandbox();
  return (
    <>
      <PageHead title={t('nav.sandbox')} note={t('sandbox.note')} />
      <Answer of={inbox}>
        {({ messages, acts }) =>
          messages.length === 0 ? (
            <Empty title={t('sandbox.empty')}>{t('sandbox.emptyWords')}</Empty>
          ) : (
            <Inbox messages={messages} acts={acts} />
          )
        }
      </Answer>
    </>
  );
}

function Inbox({ messages, acts }: { messages: readonly SandboxMessage[]; acts: boolean }) {
  const { t } = useTranslation();
  const { id } = useParams();
  const navigate = useNavigate();
  const choose = (one: string) => void navigate(`/sandbox/${encodeURIComponent(one)}`, { replace: true });
  const mails = messages.filter(({ channel }) => channel === 'email');
  const others = messages.filter(({ channel }) => channel !== 'email');
  const chosen = messages.find((one) => one.id === id) ?? messages[0];
  const mail = chosen?.channel === 'email' ? chosen : mails[0];
  return (
    <>
      {chosen !== undefined && <Acts key={chosen.id} message={chosen} acts={acts} />}
      <div className={classes.sides}>
        <Paper withBorder className={classes.client} component="section" aria-label={t('sandbox.client')}>
          <ScrollArea className={classes.list} type="auto">
            {mails.length === 0 && (
              <Text p="md" size="sm" c="dimmed">
                {t('sandbox.noMail')}
              </Text>
            )}
            {mails.map((one) => (
              <button
                type="button"
                key={one.id}
                className={classes.line}
                data-selected={one.id === chosen?.id || undefined}
                aria-pressed={one.id === chosen?.id}
                onClick={() => choose(one.id)}
              >
                <span className={classes.top}>
                  <span className={classes.to}>{one.to}</span>
                  <time>{ago(one.at)}</time>
                </span>
                <b>{one.subject || t('message.noSubject')}</b>
                <span className={classes.excerpt}>{one.excerpt}</span>
              </button>
            ))}
          </ScrollArea>
          <div className={classes.reading}>
            {mail === undefined ? null : (
              <>
                <Title order={2} mb={4} style={{ overflowWrap: 'anywhere' }}>
                  {mail.subject || t('message.noSubject')}
                </Title>
                <Text size="sm" c="dimmed" mb="sm">
                  {mail.to} · {exactly(mail.at)}
                </Text>
                {mail.html ? (
                  <MessageFrame
                    src={`/api/sandbox/${encodeURIComponent(mail.id)}/frame`}
                    title={mail.subject}
                    height={520}
                  />
                ) : (
                  <pre className={classes.plain}>{mail.text}</pre>
                )}
              </>
            )}
          </div>
        </Paper>
        <Phone
          items={others.map((one) => ({ ...one, title: one.subject }))}
          selected={chosen?.id ?? null}
          onSelect={choose}
          empty={t('sandbox.noPhone')}
          brand="Tropa"
        />
      </div>
    </>
  );
}

const ICONS: Readonly<Record<Exclude<SandboxAction, 'reply'>, typeof IconEye>> = {
  open: IconEye,
  click: IconClick,
  bounce: IconMailOff,
  unsubscribe: IconBan,
};

function Acts({ message, acts }: { message: SandboxMessage; acts: boolean }) {
  const { t } = useTranslation();
  const act = useAct();
  const [answer, setAnswer] = useState('');
  const does = (action: SandboxAction, value?: string) =>
    act.mutate(
      { id: message.id, action, ...(value !== undefined && { value }) },
      { onSuccess: () => tellDone(t(`sandbox.did.${action}`)), onError: tellFailed },
    );
  return (
    <Paper withBorder p="md" mb="md">
      <Group justify="space-between" align="flex-start" gap="md">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {message.subject || message.excerpt.slice(0, 80)}
            </Text>
            {message.status !== null && <StatusBadge status={message.status} />}
          </Group>
          <Text size="sm" c="dimmed">
            {t('sandbox.to')}{' '}
            <Anchor component={Link} size="sm" to={`/people/${encodeURIComponent(message.person)}`}>
              {message.name || message.to}
            </Anchor>
            {message.journey !== null && (
              <>
                {' · '}
                <Anchor component={Link} size="sm" to={`/journeys/${encodeURIComponent(message.journey)}`}>
                  {message.journey}
                </Anchor>
              </>
            )}
          </Text>
        </div>
        {acts && (
          <Group gap="xs" component="fieldset" className={classes.acts} aria-label={t('sandbox.acts')}>
            {(Object.keys(ICONS) as (keyof typeof ICONS)[]).map((action) => {
              const Icon = ICONS[action];
              return (
                <Button
                  key={action}
                  size="sm"
                  variant="default"
                  leftSection={<Icon size={16} aria-hidden="true" />}
                  loading={act.isPending && act.variables.action === action}
                  onClick={() => does(action)}
                >
                  {t(`sandbox.act.${action}`)}
                </Button>
              );
            })}
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (answer.trim() === '') return;
                does('reply', answer);
                setAnswer('');
              }}
            >
              <TextInput
                size="sm"
                w={210}
                maxLength={2000}
                aria-label={t('sandbox.answer')}
                placeholder={t('sandbox.answer')}
                value={answer}
                leftSection={<IconArrowBackUp size={16} aria-hidden="true" />}
                onChange={(event) => setAnswer(event.currentTarget.value)}
                rightSection={
                  <ActionIcon
                    type="submit"
                    variant="subtle"
                    aria-label={t('sandbox.act.reply')}
                    disabled={answer.trim() === ''}
                  >
                    <IconSend size={16} />
                  </ActionIcon>
                }
              />
            </form>
          </Group>
        )}
      </Group>
    </Paper>
  );
}
