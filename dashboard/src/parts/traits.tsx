// Names and values side by side; whatever a storefront told is shown as text.

import { Table, Text } from '@mantine/core';

export function Traits({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} layout="fixed">
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Td w="42%" pr="sm" style={{ verticalAlign: 'top', overflowWrap: 'anywhere' }}>
              <Text size="sm" c="dimmed">
                {name}
              </Text>
            </Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Text size="sm">{value}</Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** A value as one line of text. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
