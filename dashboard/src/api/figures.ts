// What each figure means, one hover away.

import { useTranslation } from 'react-i18next';

/** Answers a figure's definition by its name, or null where there is none. */
export function useDefinitions(): (name: string) => string | null {
  const { t, i18n } = useTranslation();
  return (name) => (i18n.exists(`define.${name}`) ? t(`define.${name}`) : null);
}
