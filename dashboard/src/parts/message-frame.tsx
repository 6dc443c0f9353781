// A mail as its reader's program shows it. The frame has an origin of its own that is none, and runs nothing (P27).

import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface MessageFrameProps {
  readonly src: string;
  readonly title: string;
  readonly height?: number | string;
  readonly width?: number | string;
}

export function MessageFrame({ src, title, height = 560, width = '100%' }: MessageFrameProps) {
  return (
    <iframe
      title={title}
      src={src}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      loading="lazy"
      style={{
        display: 'block',
        width,
        maxWidth: '100%',
        height,
        border: '1px solid var(--mantine-color-default-border)',
        borderRadius: 10,
        background: '#fff',
        colorScheme: 'light',
      }}
    />
  );
}

/** Where nothing of it was kept. */
export function NotKept() {
  const { t } = useTranslation();
  return (
    <Alert color="gray" variant="light">
      {t('message.notKept')}
    </Alert>
  );
}
