// One figure: its value, how it stands against the period before, and what it means one hover away.

import { Group, HoverCard, Paper, Text, UnstyledButton } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight, IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { count, percent } from '../shell/format.ts';

interface KpiProps {
  readonly label: string;
  readonly value: string;
  /** Below the value: a share, a second figure. */
  readonly note?: string;
  readonly now: number;
  /** Null where there is nothing to compare with. */
  readonly before: number | null;
  readonly definition: string | null;
}

export function Kpi({ label, value, note, now, before, definition }: KpiProps) {
  return (
    <Paper withBorder p="md">
      <Group gap={4} wrap="nowrap" justify="space-between">
        <Text size="sm" c="dimmed" fw={500} truncate>
          {label}
        </Text>
        {definition !== null && <Definition name={label} text={definition} />}
      </Group>
      <Text fz={26} fw={650} lh={1.25} mt={2} style={{ fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere' }}>
        {value}
      </Text>
      <Group gap="xs" mt={2} mih={22}>
        <Change now={now} before={before} />
        {note !== undefined && (
          <Text size="xs" c="dimmed">
            {note}
          </Text>
        )}
      </Group>
    </Paper>
  );
}

/** What a figure counts; also on focus, for whoever has no mouse. */
export function Definition({ name, text }: { name: string; text: string }) {
  const { t } = useTranslation();
  return (
    <HoverCard width={300} shadow="md" withArrow openDelay={80}>
      <HoverCard.Target>
        <UnstyledButton
          aria-label={t('figure.means', { name })}
          style={{ lineHeight: 0, color: 'var(--mantine-color-dimmed)', borderRadius: 99 }}
        >
          <IconInfoCircle size={16} stroke={1.7} />
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <Text size="sm">{text}</Text>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

function Change({ now, before }: { now: number; before: number | null }) {
  const { t } = useTranslation();
  if (before === null || (before === 0 && now === 0)) return <span />;
  if (before === 0)
    return (
      <Text size="xs" c="dimmed">
        {t('figure.fromZero')}
      </Text>
    );
  const change = (now - before) / Math.abs(before);
  const Icon = change < 0 ? IconArrowDownRight : IconArrowUpRight;
  return (
    <Text
      size="xs"
      fw={600}
      c={change < 0 ? 'light-dark(#8f4b00, #f3bd74)' : 'light-dark(#0b6b3a, #74d8b4)'}
      title={t('figure.before')}
      style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}
    >
      <Icon size={14} aria-hidden="true" />
      {change >= 10 ? `×${count(Math.round(change + 1))}` : `${change > 0 ? '+' : ''}${percent(change, 0)}`}
    </Text>
  );
}
