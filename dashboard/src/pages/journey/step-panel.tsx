// One step of a journey: its figures, who stands at it, and what it sent.

import { Anchor, Group, SimpleGrid, Stack, Table, Tabs, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useStepMessages, useStepPeople } from '../../api/journeys.ts';
import type { PictureNode, StepCounts } from '../../canvas/picture.ts';
import { detailOf, titleOf } from '../../canvas/words.ts';
import { Answer, Empty } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status.tsx';
import { ago, count, percent } from '../../shell/format.ts';

interface StepPanelProps {
  readonly journey: string;
  readonly node: PictureNode;
  readonly counts: StepCounts | null;
}

export function StepPanel({ journey, node, counts }: StepPanelProps) {
  const { t } = useTranslation();
  const step = node.id;
  const real = !step.startsWith('$');
  return (
    <Stack>
      <div>
        <Text fw={650} fz="lg">
          {titleOf(node, t)}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {detailOf(node, t)}
        </Text>
      </div>
      {counts !== null && (
        <SimpleGrid cols={3}>
          <Small name={t('figure.inside')} value={count(counts.inside)} />
          <Small name={t('figure.passed')} value={count(counts.passed)} />
          <Small name={t('figure.onward')} value={counts.onward === null ? '–' : percent(counts.onward)} />
        </SimpleGrid>
      )}
      {counts !== null && Object.keys(counts.skipped).length > 0 && (
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t('figure.skipped')}
          </Text>
          {Object.entries(counts.skipped).map(([reason, n]) => (
            <Group key={reason} justify="space-between">
              <Text size="sm">{t(`reason.${reason}`, { defaultValue: reason })}</Text>
              <Text size="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
                {count(n)}
              </Text>
            </Group>
          ))}
        </div>
      )}
      {real && (
        <Tabs defaultValue="people" keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="people">{t('step.people')}</Tabs.Tab>
            {node.sends.length > 0 && <Tabs.Tab value="messages">{t('step.messages')}</Tabs.Tab>}
          </Tabs.List>
          <Tabs.Panel value="people" pt="sm">
            <People journey={journey} step={step} />
          </Tabs.Panel>
          <Tabs.Panel value="messages" pt="sm">
            <Messages journey={journey} step={step} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Stack>
  );
}

function Small({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fz={20} fw={650}>
        {value}
      </Text>
    </div>
  );
}

function People({ journey, step }: { journey: string; step: string }) {
  const { t } = useTranslation();
  const people = useStepPeople(journey, step);
  return (
    <Answer of={people}>
      {(all) =>
        all.length === 0 ? (
          <Empty title={t('step.nobody')} />
        ) : (
          <Table>
            <Table.Tbody>
              {all.map((one) => (
                <Table.Tr key={one.person}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Anchor component={Link} to={`/people/${encodeURIComponent(one.person)}`}>
                      {one.name}
                    </Anchor>
                  </Table.Td>
                  <Table.Td c="dimmed" ta="right" style={{ whiteSpace: 'nowrap' }}>
                    {ago(one.since)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )
      }
    </Answer>
  );
}

function Messages({ journey, step }: { journey: string; step: string }) {
  const { t } = useTranslation();
  const messages = useStepMessages(journey, step);
  return (
    <Answer of={messages}>
      {(all) =>
        all.length === 0 ? (
          <Empty title={t('messages.empty')} />
        ) : (
          <Table>
            <Table.Tbody>
              {all.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Anchor component={Link} to={`/messages/${encodeURIComponent(one.id)}`}>
                      {one.to ?? one.name}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>
                    <StatusBadge status={one.status} />
                  </Table.Td>
                  <Table.Td c="dimmed" ta="right" style={{ whiteSpace: 'nowrap' }}>
                    {ago(one.at)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )
      }
    </Answer>
  );
}
