// Asks before something that cannot easily be undone.

import { Button, Group, MantineProvider, Modal, Text } from '@mantine/core';
import i18next from 'i18next';
import { createRoot } from 'react-dom/client';
import { theme, variables } from '../shell/theme.ts';

/** Whether the reader meant it. */
export function confirmed(question: string, action: string): Promise<boolean> {
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  return new Promise((answer) => {
    const close = (meant: boolean) => {
      answer(meant);
      root.unmount();
      place.remove();
    };
    root.render(
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <Modal
          opened
          onClose={() => close(false)}
          title={action}
          centered
          closeButtonProps={{ 'aria-label': i18next.t('action.cancel') }}
        >
          <Text style={{ overflowWrap: 'anywhere' }}>{question}</Text>
          <Group justify="flex-end" mt="lg">
            <Button variant="default" data-autofocus onClick={() => close(false)}>
              {i18next.t('action.cancel')}
            </Button>
            <Button color="red" onClick={() => close(true)}>
              {action}
            </Button>
          </Group>
        </Modal>
      </MantineProvider>,
    );
  });
}
