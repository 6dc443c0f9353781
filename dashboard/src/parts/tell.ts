// Tells shortly what came of an action.

import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { ApiError } from '../api/client.ts';

export const tellDone = (message: string): void =>
  void notifications.show({ message, color: 'teal', autoClose: 4_000 });

export function tellFailed(error: unknown): void {
  const known = error instanceof ApiError;
  const message =
    known && error.status === 403
      ? i18next.t('state.forbiddenWords')
      : error instanceof Error
        ? error.message
        : String(error);
  const remedy = known && error.remedy !== null ? ` ${error.remedy}` : '';
  notifications.show({
    title: i18next.t('state.failed'),
    message: `${message}${remedy}`,
    color: 'red',
    autoClose: 10_000,
  });
}
