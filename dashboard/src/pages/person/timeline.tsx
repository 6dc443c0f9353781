// Everything that happened with the person, the newest above, each with its reason one click away.

import { Anchor, Button, Group, Paper, Text, Title, UnstyledButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowRight,
  IconBan,
  IconBell,
  IconBolt,
  IconClock,
  IconFlag,
  IconLogin,
  IconLogout,
  IconMail,
  IconMessage,
  IconPointFilled,
  IconTrophy,
} from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Judged, type TimelineLine, useTimeline } from '../../api/people.ts';
import { channelName } from '../../canvas/words.ts';
import { Answer } from '../../parts/states.tsx';
import { asText } from '../../parts/traits.tsx';
import { exactly, when } from '../../shell/format.ts';
import classes from './person.module.css';

export function Timeline({ id }: { id: string }) {
  const { t } = useTranslation();
  const timeline = useTimeline(id);
  return (
    <Paper withBorder p="md" component="section" aria-label={t('person.timeline')}>
      <Title order={2} size="h3" mb="sm">
        {t('person.timeline')}
      </Title>
      <Answer of={timeline}>
        {({ pages }) => (
          <>
            {pages
              .flatMap(({ lines }) => lines)
              .map((line) => (
                <Line key={line.id} line={line} />
              ))}
            {timeline.hasNextPage && (
              <Group justify="center" mt="sm">
                <Button
                  variant="default"
                  loading={timeline.isFetchingNextPage}
                  onClick={() => void timeline.fetchNextPage()}
                >
                  {t('action.more')}
                </Button>
              </Group>
            )}
          </>
        )}
      </Answer>
    </Paper>
  );
}

const LOOK: Readonly<Record<string, readonly [typeof IconMail, string]>> = {
  event: [IconBolt, 'quiet'],
  entered: [IconLogin, 'calm'],
  refused_entry: [IconBan, 'warm'],
  moved: [IconArrowRight, 'quiet'],
  exited: [IconLogout, 'quiet'],
  converted: [IconTrophy, 'good'],
  held: [IconClock, 'warm'],
  skipped: [IconBan, 'warm'],
  fault: [IconAlertTriangle, 'bad'],
  idle: [IconClock, 'quiet'],
  merged: [IconFlag, 'quiet'],
};
const CHANNEL_ICONS: Readonly<Record<string, typeof IconMail>> = { email: IconMail, sms: IconMessage, push: IconBell };

function Line({ line }: { line: TimelineLine }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [Icon, tone] = LOOK[line.kind] ?? [CHANNEL_ICONS[line.message?.channel ?? ''] ?? IconPointFilled, toneOf(line)];
  const because = [
    ...line.judged.map((one) => judgedText(one)),
    ...(line.message?.consent != null && line.kind === 'begun' ? [line.message.consent] : []),
  ];
  return (
    <div className={classes.line}>
      <time className={classes.when} title={exactly(line.at)}>
        {when(line.at)}
      </time>
      <span className={classes.icon} data-tone={tone} aria-hidden="true">
        <Icon size={16} stroke={1.8} />
      </span>
      <div className={classes.what}>
        {line.journey !== null && (
          <>
            <Anchor component={Link} size="sm" underline="always" to={`/journeys/${encodeURIComponent(line.journey)}`}>
              {line.journey}
            </Anchor>
            {': '}
          </>
        )}
        {wordsOf(line, t)}{' '}
        {line.message !== null && (
          <Anchor component={Link} size="sm" underline="always" to={`/messages/${encodeURIComponent(line.message.id)}`}>
            {channelName(line.message.channel, t)} · {line.message.template}
          </Anchor>
        )}
        {line.note !== null && (
          <Text component="span" size="sm" c="dimmed">
            {' '}
            {line.note}
          </Text>
        )}
        {line.event !== null && <code className={classes.data}>{shortly(line.event.data)}</code>}
        {because.length > 0 && (
          <div>
            <UnstyledButton
              onClick={() => setOpen(!open)}
              aria-expanded={open}
              style={{ fontSize: 13, color: 'var(--mantine-color-anchor)' }}
            >
              {t(open ? 'person.hideWhy' : 'person.why')}
            </UnstyledButton>
            {open && <pre className={classes.why}>{because.join('\n')}</pre>}
          </div>
        )}
      </div>
    </div>
  );
}

function toneOf({ kind, reason }: TimelineLine): string {
  if (kind !== 'receipt') return 'calm';
  return reason === 'bounced' || reason === 'failed' ? 'bad' : reason === 'unknown' ? 'warm' : 'good';
}

/** The line in words; kinds nobody translated yet are told by their names. */
function wordsOf(line: TimelineLine, t: TFunction): string {
  const reason =
    line.reason === null
      ? ''
      : t(`reason.${line.reason}`, { defaultValue: t(`outcome.${line.reason}`, { defaultValue: line.reason }) });
  if (line.kind === 'event') return line.event?.name ?? '';
  if (line.kind === 'receipt') return t(`status.${line.reason ?? ''}`, { defaultValue: line.reason ?? '' });
  const until = line.until === null ? '' : t('line.until', { at: exactly(line.until) });
  return [t(`line.${line.kind}`, { step: line.step ?? '', reason, defaultValue: line.kind }), until]
    .filter(Boolean)
    .join(' ');
}

const judgedText = ({ text, value, read, remarks = [] }: Judged): string => {
  const values = Object.entries(read).map(([name, one]) => `  ${name} = ${asText(one)}`);
  return [`${text} → ${asText(value)}`, ...values, ...remarks.map((one) => `  ${one}`)].join('\n');
};

function shortly(data: unknown): string {
  const text = asText(data);
  return text.length > 220 ? `${text.slice(0, 219)}…` : text === '{}' ? '' : text;
}
