// A chart with its name, what it counts, and itself as CSV and PNG.

import { ActionIcon, Group, Menu, Paper, Title, useComputedColorScheme } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Definition } from './kpi.tsx';
import { saveCsv, saveUrl } from './save.ts';

interface ChartCardProps {
  readonly title: string;
  readonly definition: string | null;
  /** A file's name without its ending. */
  readonly file: string;
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly children: ReactNode;
  readonly picture?: boolean;
}

export function ChartCard({ title, definition, file, rows, children, picture = true }: ChartCardProps) {
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const dark = useComputedColorScheme('light') === 'dark';
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Group gap={6} wrap="nowrap" style={{ minWidth: 0 }}>
          <Title order={2} size="h3" style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {definition !== null && <Definition name={title} text={definition} />}
        </Group>
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={t('figure.save', { name: title })}>
              <IconDownload size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => saveCsv(`${file}.csv`, rows)}>CSV</Menu.Item>
            {picture && <Menu.Item onClick={() => void saveChart(body.current, `${file}.png`, dark)}>PNG</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <div ref={body}>{children}</div>
    </Paper>
  );
}

/** The chart's own SVG as PNG: what it takes from style sheets is written into it first. */
async function saveChart(body: HTMLElement | null, name: string, dark: boolean): Promise<void> {
  const svg = body?.querySelector<SVGSVGElement>('svg[data-chart], svg.recharts-surface');
  if (svg === null || svg === undefined) return;
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg.querySelectorAll('*'), copy.querySelectorAll<SVGElement>('*')];
  from.forEach((element, n) => {
    const { fill, stroke, strokeWidth, strokeDasharray, opacity, fontSize, fontFamily, fillOpacity } =
      getComputedStyle(element);
    Object.assign((to[n] as SVGElement).style, {
      fill,
      stroke,
      strokeWidth,
      strokeDasharray,
      opacity,
      fontSize,
      fontFamily,
      fillOpacity,
    });
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * 2;
  canvas.height = height * 2;
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.fillStyle = dark ? '#1a1c1f' : '#ffffff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  saveUrl(name, canvas.toDataURL('image/png'));
}
