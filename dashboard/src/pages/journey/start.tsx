// Starts one person by hand, where the journey's trigger allows it.

import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStart } from '../../api/journeys.ts';
import { Failed } from '../../parts/states.tsx';
import { tellDone } from '../../parts/tell.ts';

export function StartPeople({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const start = useStart(id);
  const [profile, setProfile] = useState('');
  return (
    <Modal opened onClose={onClose} title={t('journey.start')} closeButtonProps={{ 'aria-label': t('action.cancel') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate(profile.trim(), {
            onSuccess: () => {
              tellDone(t('journey.did.start', { profile }));
              onClose();
            },
          });
        }}
      >
        <TextInput
          data-autofocus
          label={t('journey.startWho')}
          description={t('journey.startWords')}
          value={profile}
          onChange={(event) => setProfile(event.currentTarget.value)}
        />
        {start.error !== null && <Failed error={start.error} />}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" disabled={profile.trim() === ''} loading={start.isPending}>
            {t('journey.start')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
