// The doors events come in by, and what was refused at them: kept seven days for a look. Bodies are shown as text.

import { Accordion, Code, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type SettingsTold, useRefused } from '../../api/settings.ts';
import { Answer } from '../../parts/states.tsx';
import { exactly } from '../../shell/format.ts';

export function Sources({ sources }: { sources: SettingsTold['sources'] }) {
  const { t } = useTranslation();
  const refused = useRefused();
  return (
    <Stack>
      <Paper withBorder>
        <Table.ScrollContainer minWidth={480} type="native">
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('sources.name')}</Table.Th>
                <Table.Th>{t('sources.type')}</Table.Th>
                <Table.Th>{t('sources.address')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sources.map((one) => (
                <Table.Tr key={one.name}>
                  <Table.Td fw={600}>{one.name}</Table.Td>
                  <Table.Td>{one.type}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Code style={{ color: 'inherit' }}>{one.url}</Code>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      <Paper withBorder p="md" component="section" aria-label={t('sources.refused')}>
        <Title order={2} size="h3" mb="sm">
          {t('sources.refused')}
        </Title>
        <Answer of={refused}>
          {(all) =>
            all.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t('sources.none')}
              </Text>
            ) : (
              <Accordion chevronPosition="left">
                {all.map((one, n) => (
                  <Accordion.Item key={`${one.at} ${String(n)}`} value={`${one.at} ${String(n)}`}>
                    <Accordion.Control>
                      <Group gap="sm">
                        <Text size="sm" c="dimmed">
                          {exactly(one.at)}
                        </Text>
                        <Text size="sm" fw={600}>
                          {one.source}
                        </Text>
                        <Text size="sm">{one.code}</Text>
                      </Group>
                    </Accordion.Control>
                    <Accordion.Panel>
                      <Text size="sm" mb="xs" style={{ overflowWrap: 'anywhere' }}>
                        {one.detail}
                      </Text>
                      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                        {one.body}
                      </Code>
                    </Accordion.Panel>
                  </Accordion.Item>
                ))}
              </Accordion>
            )
          }
        </Answer>
      </Paper>
    </Stack>
  );
}
