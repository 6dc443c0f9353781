// Finding a person: by email, phone, id, or how a name or an address begins.

import { Anchor, Paper, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { usePeople } from '../api/people.ts';
import { Answer, Empty, PageHead } from '../parts/states.tsx';
import { ago } from '../shell/format.ts';

export default function People() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState(search.get('q') ?? '');
  const [asked] = useDebouncedValue(text.trim(), 250);
  const people = usePeople(asked);
  return (
    <>
      <PageHead title={t('nav.people')} />
      <TextInput
        type="search"
        size="md"
        maw={560}
        mb="lg"
        aria-label={t('people.search')}
        placeholder={t('people.search')}
        leftSection={<IconSearch size={18} aria-hidden="true" />}
        value={text}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setText(value);
          setSearch(value === '' ? {} : { q: value }, { replace: true });
        }}
      />
      <Answer of={people}>
        {({ people: all, more }) =>
          all.length === 0 ? (
            <Empty
              title={t(asked === '' ? 'people.empty' : 'people.nobody')}
              icon={<IconUsers size={26} stroke={1.6} />}
            >
              {t(asked === '' ? 'people.emptyWords' : 'people.nobodyWords')}
            </Empty>
          ) : (
            <>
              <Paper withBorder>
                <Table.ScrollContainer minWidth={620} type="native">
                  <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>{t('people.name')}</Table.Th>
                        <Table.Th>{t('people.email')}</Table.Th>
                        <Table.Th>{t('people.phone')}</Table.Th>
                        <Table.Th>{t('people.inside')}</Table.Th>
                        <Table.Th ta="right">{t('people.seen')}</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {all.map((one) => (
                        <Table.Tr key={one.id}>
                          <Table.Td style={{ overflowWrap: 'anywhere' }}>
                            <Anchor component={Link} to={`/people/${encodeURIComponent(one.id)}`} fw={600} c="inherit">
                              {one.name}
                            </Anchor>
                          </Table.Td>
                          <Table.Td style={{ overflowWrap: 'anywhere' }}>{one.email ?? '–'}</Table.Td>
                          <Table.Td style={{ whiteSpace: 'nowrap' }}>{one.phone ?? '–'}</Table.Td>
                          <Table.Td>{one.inside.join(', ') || '–'}</Table.Td>
                          <Table.Td ta="right" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                            {ago(one.lastSeenAt)}
                          </Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Table.ScrollContainer>
              </Paper>
              {more && (
                <Text size="sm" c="dimmed" mt="sm">
                  {t('people.more')}
                </Text>
              )}
            </>
          )
        }
      </Answer>
    </>
  );
}
