// The name with its sign: a trail that bends.

import { Group, Text } from '@mantine/core';

export function Mark() {
  return (
    <Group gap={9} wrap="nowrap">
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="#2f5bd7" />
        <path d="M9 23c0-6 14-5 14-11a4 4 0 0 0-8 0" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
        <circle cx="9" cy="23" r="2.6" fill="#fff" />
      </svg>
      <Text fw={700} fz={18} lh={1}>
        Tropa
      </Text>
    </Group>
  );
}
