// Segments: each condition as it stands, the share of people it fits with how sure that is, and one person tried.

import { Anchor, Badge, Code, Group, Paper, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFilter, IconUserSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSegments, useSegmentsOf } from '../api/segments.ts';
import { Answer, Empty, PageHead } from '../parts/states.tsx';
import { count, percent } from '../shell/format.ts';

export default function Segments() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 300);
  const segments = useSegments();
  const tried = useSegmentsOf(asked);
  return (
    <>
      <PageHead title={t('nav.segments')} note={t('segments.note')} />
      <TextInput
        maw={480}
        mb="sm"
        label={t('segments.try')}
        placeholder={t('segments.who')}
        leftSection={<IconUserSearch size={18} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={asked !== '' && tried.isError ? tried.error.message : null}
      />
      {asked !== '' && tried.data !== undefined && (
        <Group gap="xs" mb="lg" role="status">
          <Anchor component={Link} to={`/people/${encodeURIComponent(tried.data.person)}`} fw={600}>
            {tried.data.name}
          </Anchor>
          {tried.data.segments.length === 0 ? (
            <Text size="sm">{t('segments.inNone')}</Text>
          ) : (
            tried.data.segments.map((name) => (
              <Badge key={name} variant="default" tt="none">
                {name}
              </Badge>
            ))
          )}
        </Group>
      )}
      <Answer of={segments}>
        {({ segments: all, sample, people }) =>
          all.length === 0 ? (
            <Empty title={t('segments.empty')} icon={<IconFilter size={26} stroke={1.6} />}>
              {t('segments.emptyWords')}
            </Empty>
          ) : (
            <>
              <Paper withBorder>
                <Table.ScrollContainer minWidth={560} type="native">
                  <Table verticalSpacing="sm" horizontalSpacing="md">
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>{t('segments.segment')}</Table.Th>
                        <Table.Th>{t('segments.condition')}</Table.Th>
                        <Table.Th ta="right">{t('segments.share')}</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {all.map((one) => (
                        <Table.Tr key={one.name}>
                          <Table.Td fw={600}>{one.name}</Table.Td>
                          <Table.Td style={{ overflowWrap: 'anywhere' }}>
                            <Code style={{ color: 'inherit' }}>{one.text}</Code>
                          </Table.Td>
                          <Table.Td ta="right" style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
                            {percent(one.share)}
                            {one.error > 0 && ` ± ${percent(one.error)}`}
                          </Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Table.ScrollContainer>
              </Paper>
              <Text size="sm" c="dimmed" mt="sm">
                {sample < people
                  ? t('segments.sample', { sample: count(sample), people: count(people) })
                  : t('segments.all', { people: count(people) })}
              </Text>
            </>
          )
        }
      </Answer>
    </>
  );
}
