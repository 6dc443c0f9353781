// Who really sends, how each of them is, and a switch for whoever runs this.

import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session.ts';
import { type SettingsTold, useSetSender } from '../../api/settings.ts';
import { channelName } from '../../canvas/words.ts';
import { confirmed } from '../../parts/confirm.tsx';
import { ChannelName } from '../../parts/status.tsx';
import { tellFailed } from '../../parts/tell.ts';
import { ago, moment } from '../../shell/format.ts';

const CHANNELS = ['email', 'sms', 'push'];

export function Senders({ senders }: { senders: SettingsTold['senders'] }) {
  const { t } = useTranslation();
  const may = useMay();
  const set = useSetSender();
  const sandboxed = CHANNELS.filter((channel) => !senders.some((one) => one.channel === channel));
  const turn = async (name: string, how: 'pause' | 'resume') => {
    if (how === 'pause' && !(await confirmed(t('senders.sure', { name }), t('journey.pause')))) return;
    set.mutate({ name, how }, { onError: tellFailed });
  };
  return (
    <Stack>
      {sandboxed.length > 0 && (
        <Alert color="trail" variant="light">
          {t('senders.sandbox', { channels: sandboxed.map((one) => channelName(one, t)).join(', ') })}
        </Alert>
      )}
      {senders.map(({ name, channel, provider, paused, downUntil }) => (
        <Paper withBorder p="md" key={name}>
          <Group justify="space-between">
            <div>
              <Group gap="xs">
                <Text fw={600}>{name}</Text>
                <ChannelName channel={channel} />
                <Text size="sm" c="dimmed">
                  {provider}
                </Text>
              </Group>
              <Text size="sm" c="dimmed">
                {paused !== null
                  ? t('senders.paused', { since: moment(paused.since), why: paused.why })
                  : downUntil !== null
                    ? t('senders.down', { when: ago(downUntil) })
                    : t('senders.well')}
              </Text>
            </div>
            {may.admin && (
              <Button
                variant="default"
                loading={set.isPending && set.variables.name === name}
                leftSection={paused === null ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
                onClick={() => void turn(name, paused === null ? 'pause' : 'resume')}
              >
                {t(paused === null ? 'journey.pause' : 'journey.resume')}
              </Button>
            )}
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}
