// One person's story: who they are, what they allow, where they stand, what will happen next, and why everything did.

import { Button, Menu, Paper, Stack, Title } from '@mantine/core';
import { IconBan, IconChevronDown, IconDownload, IconMail, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { type PersonFull, usePerson, usePersonAction } from '../../api/people.ts';
import { useMay } from '../../api/session.ts';
import { confirmed } from '../../parts/confirm.tsx';
import { Answer, PageHead } from '../../parts/states.tsx';
import { tellDone, tellFailed } from '../../parts/tell.ts';
import { asText, Traits } from '../../parts/traits.tsx';
import { ago, count, exactly, money } from '../../shell/format.ts';
import { Consents } from './consents.tsx';
import { Next } from './next.tsx';
import classes from './person.module.css';
import { Timeline } from './timeline.tsx';

export default function PersonPage() {
  const { id = '' } = useParams();
  const person = usePerson(id);
  return <Answer of={person}>{(one) => <Person person={one} />}</Answer>;
}

function Person({ person }: { person: PersonFull }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHead title={person.name} note={t('person.seen', { when: ago(person.lastSeenAt) })}>
        <Button
          component={Link}
          to={`/messages?person=${encodeURIComponent(person.id)}`}
          variant="default"
          leftSection={<IconMail size={16} />}
        >
          {t('nav.messages')}
        </Button>
        <Actions person={person} />
      </PageHead>
      <div className={classes.columns}>
        <Stack>
          <Next person={person} />
          <Timeline id={person.id} />
        </Stack>
        <Stack>
          <Card title={t('person.who')}>
            <Traits
              rows={[
                ...person.identities.map(
                  ([kind, value]) => [t(`identity.${kind}`, { defaultValue: kind }), value] as const,
                ),
                ...Object.entries(person.traits)
                  .filter(([name]) => name !== 'email' && name !== 'phone')
                  .map(([name, value]) => [name, asText(value)] as const),
                [
                  t('person.orders'),
                  person.orders.count === 0
                    ? '0'
                    : `${count(person.orders.count)} · ${money(person.orders.total, person.orders.currency)}`,
                ],
                [t('person.zone'), person.zone],
                [t('person.since'), exactly(person.createdAt)],
              ]}
            />
          </Card>
          <Card title={t('person.consent')}>
            <Consents person={person} />
          </Card>
        </Stack>
      </div>
    </>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Title order={2} size="h3" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

function Actions({ person }: { person: PersonFull }) {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const act = usePersonAction(person.id);
  const stop = async (journey: string) => {
    if (await confirmed(t('person.sure.stop', { journey }), t('person.stop')))
      act.mutate({ what: 'stop', journey }, { onSuccess: () => tellDone(t('person.did.stop')), onError: tellFailed });
  };
  const suppress = async () => {
    if (await confirmed(t('person.sure.suppress', { name: person.name }), t('person.suppress')))
      act.mutate({ what: 'suppress' }, { onSuccess: () => tellDone(t('person.did.suppress')), onError: tellFailed });
  };
  const erase = async () => {
    if (!(await confirmed(t('person.sure.erase', { name: person.name }), t('person.erase')))) return;
    act.mutate(
      { what: 'erase' },
      {
        onSuccess: () => {
          tellDone(t('person.did.erase'));
          void navigate('/people');
        },
        onError: tellFailed,
      },
    );
  };
  if (!may.author) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={16} />} loading={act.isPending}>
          {t('journey.levers')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {person.inside.map(({ journey }) => (
          <Menu.Item key={journey} onClick={() => void stop(journey)}>
            {t('person.stopIn', { journey })}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<IconBan size={16} />} onClick={() => void suppress()}>
          {t('person.suppress')}
        </Menu.Item>
        {may.admin && (
          <>
            <Menu.Item
              component="a"
              href={`/api/people/${encodeURIComponent(person.id)}/export`}
              download
              leftSection={<IconDownload size={16} />}
            >
              {t('person.export')}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void erase()}>
              {t('person.erase')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
