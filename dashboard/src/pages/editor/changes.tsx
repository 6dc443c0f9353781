// What publishing would change, in words.

import { List, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Look, StepChange } from '../../api/drafts.ts';
import { detailOf, titleOf } from '../../canvas/words.ts';
import { span } from '../../shell/format.ts';

export function ChangesInWords({ look }: { look: Look }) {
  const { t } = useTranslation();
  const { changes, templates, inside } = look;
  const lines = [
    ...(changes?.steps ?? []).map((change) => inWords(change, t)),
    ...(changes?.settings ?? []).map((name) =>
      t('change.setting', { name: t(`change.name.${name}`, { defaultValue: name }) }),
    ),
    ...templates.map((name) => t('change.template', { name })),
  ];
  const version = (changes?.steps.length ?? 0) + (changes?.settings.length ?? 0) > 0;
  return (
    <>
      <Text fw={600} mb="xs">
        {lines.length === 0 ? t('change.nothing') : t('change.title')}
      </Text>
      <List spacing={4} size="sm">
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
      {version && inside > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('change.inside', { count: inside })}
        </Text>
      )}
    </>
  );
}

function inWords({ kind, step, was, after }: StepChange, t: TFunction): string {
  const name = [titleOf(step, t), step.sends.length > 0 ? '' : detailOf(step, t)].filter(Boolean).join(': ');
  if (kind === 'added')
    return after === null
      ? t('change.added', { step: name })
      : t('change.addedAfter', { step: name, after: span(after) });
  if (kind === 'removed') return t('change.removed', { step: name });
  const before = was === null ? '' : [titleOf(was, t), detailOf(was, t)].filter(Boolean).join(': ');
  return t('change.changed', { was: before, step: [titleOf(step, t), detailOf(step, t)].filter(Boolean).join(': ') });
}
