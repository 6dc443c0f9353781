// The journey's specs as they come out for what is in the editor now.

import { Paper, ScrollArea, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SpecOutcome } from '../../api/drafts.ts';
import classes from './editor.module.css';

interface SpecResultsProps {
  readonly answer: UseQueryResult<{ cases: SpecOutcome[] }, Error>;
  readonly onPick: (line: number) => void;
}

export function SpecResults({ answer, onPick }: SpecResultsProps) {
  const { t } = useTranslation();
  const cases = answer.data?.cases;
  if (cases === undefined) return null;
  const failed = cases.filter(({ ok }) => !ok).length;
  return (
    <Paper withBorder p="sm" mt="sm" aria-busy={answer.isFetching}>
      <Text size="sm" fw={600} role="status">
        {cases.length === 0
          ? t('specs.none')
          : failed === 0
            ? t('specs.passed', { count: cases.length })
            : t('specs.failed', { count: failed, of: cases.length })}
      </Text>
      <ScrollArea.Autosize mah={190} mt={4}>
        <Stack gap={2}>
          {cases.map((one) => (
            <button
              type="button"
              key={`${one.line}${one.name}`}
              className={classes.fault}
              onClick={() => onPick(one.line)}
            >
              <span
                style={{
                  flex: 'none',
                  alignSelf: 'flex-start',
                  color: one.ok ? 'var(--mantine-color-teal-text)' : 'var(--mantine-color-red-text)',
                }}
              >
                {one.ok ? (
                  <IconCircleCheck size={17} aria-label={t('specs.ok')} />
                ) : (
                  <IconCircleX size={17} aria-label={t('specs.bad')} />
                )}
              </span>
              <span>
                {one.name}
                {one.differences.map((difference) => (
                  <Text
                    key={difference.about + difference.expected}
                    component="span"
                    display="block"
                    size="xs"
                    c="dimmed"
                  >
                    {difference.about}: {t('specs.expected')} {difference.expected}, {t('specs.actual')}{' '}
                    {difference.actual}
                  </Text>
                ))}
              </span>
            </button>
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </Paper>
  );
}
