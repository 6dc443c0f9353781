// Small coloured words: how a message fares, which channel, what a journey does.

import { IconBell, IconMail, IconMessage } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { channelName } from '../canvas/words.ts';
import classes from './status.module.css';

const ICONS: Readonly<Record<string, typeof IconMail>> = { email: IconMail, sms: IconMessage, push: IconBell };

const TONES: Readonly<Record<string, string>> = {
  delivered: 'good',
  opened: 'good',
  clicked: 'good',
  replied: 'good',
  sent: 'calm',
  sending: 'calm',
  held: 'warm',
  unknown: 'warm',
  bounced: 'bad',
  failed: 'bad',
};

export function StatusBadge({ status }: { status: string }) {
  const { t } = useTranslation();
  return (
    <span className={classes.badge} data-tone={TONES[status]}>
      {t(`status.${status}`, { defaultValue: status })}
    </span>
  );
}

export function ChannelName({ channel }: { channel: string }) {
  const { t } = useTranslation();
  const Icon = ICONS[channel] ?? IconMail;
  return (
    <span
      style={{ display: 'inline-flex', alignItems: 'center', gap: 6, whiteSpace: 'nowrap', verticalAlign: 'middle' }}
    >
      <Icon size={16} stroke={1.7} aria-hidden="true" />
      {channelName(channel, t)}
    </span>
  );
}

/** What a journey does now: `paused` and `archived` go before what its file says. */
export function JourneyBadge({ status, paused, archived }: { status: string; paused: boolean; archived: boolean }) {
  const { t } = useTranslation();
  const state = archived ? 'archived' : paused ? 'paused' : status;
  const tone = { live: 'good', paused: 'warm', test: 'calm' }[state];
  return (
    <span className={classes.badge} data-tone={tone}>
      {t(`journeyState.${state}`, { defaultValue: state })}
    </span>
  );
}
