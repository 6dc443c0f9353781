// The picture as a file: SVG written from the same layout, in plain shapes and text any program opens, and the same as PNG.

import type { TFunction } from 'i18next';
import { saveText, saveUrl } from '../parts/save.ts';
import { count } from '../shell/format.ts';
import { type Direction, type Layout, NODE, pathOf, widthOf } from './layout.ts';
import type { Counts, Picture } from './picture.ts';
import { cut, detailOf, titleOf } from './words.ts';

export interface Drawing {
  readonly picture: Picture;
  readonly layout: Layout;
  readonly direction: Direction;
  /** What stands on each way, by `from to`. */
  readonly words: ReadonlyMap<string, string>;
  readonly counts: Counts | null;
  readonly dark: boolean;
  readonly name: string;
}

const INK = {
  light: { page: '#ffffff', card: '#ffffff', line: '#c3ccd8', text: '#16191d', quiet: '#55606d', way: '#b9c4d6' },
  dark: { page: '#16181b', card: '#1f2226', line: '#3a4048', text: '#eceef1', quiet: '#a8b1bc', way: '#46505f' },
};
const FONT = 'font-family="system-ui, sans-serif"';

export const saveSvg = (drawing: Drawing, t: TFunction): void =>
  saveText(`${drawing.name}.svg`, 'image/svg+xml', svgOf(drawing, t).text);

/** Twice as many dots as on the screen, for slides. */
export async function savePng(drawing: Drawing, t: TFunction): Promise<void> {
  const { text, width, height } = svgOf(drawing, t);
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * 2;
  canvas.height = height * 2;
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  saveUrl(`${drawing.name}.png`, canvas.toDataURL('image/png'));
}

function svgOf(drawing: Drawing, t: TFunction): { text: string; width: number; height: number } {
  const { layout, dark } = drawing;
  const { nodes: placed, ways: lines, height: tall } = layout;
  const ink = dark ? INK.dark : INK.light;
  const width = Math.ceil(
    Math.max(
      ...placed.map(({ x }) => x + NODE.width),
      ...lines.flatMap(({ points }) => points.map(({ x }) => x + 60)),
    ) + 24,
  );
  const height = Math.ceil(Math.max(...placed.map(({ y }) => y + tall)) + 24);
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${FONT} font-size="13">
<rect width="100%" height="100%" fill="${ink.page}"/>
${ways(drawing, ink)}
${cards(drawing, ink, t)}
</svg>`;
  return { text, width, height };
}

type Ink = (typeof INK)['light'];

function cards({ picture, layout, counts }: Drawing, ink: Ink, t: TFunction): string {
  return picture.nodes
    .map((node) => {
      const place = layout.nodes.find(({ id }) => id === node.id);
      if (place === undefined) return '';
      const { x, y } = place;
      const own = counts?.steps.get(node.id);
      const figures =
        own === undefined
          ? ''
          : `${count(own.passed)} ${t('canvas.passedShort')}${own.inside > 0 ? ` · ${count(own.inside)} ${t('canvas.insideShort')}` : ''}`;
      return `<g transform="translate(${x} ${y})"><rect width="${NODE.width}" height="${layout.height}" rx="12" fill="${ink.card}" stroke="${ink.line}"/>
<text x="14" y="28" font-weight="600" fill="${ink.text}">${escaped(cut(titleOf(node, t), 34))}</text>
<text x="14" y="48" font-size="12" fill="${ink.quiet}">${escaped(cut(detailOf(node, t) || node.id, 38))}</text>
<text x="14" y="80" font-size="12" fill="${ink.quiet}">${escaped(figures)}</text></g>`;
    })
    .join('\n');
}

function ways({ layout, words, direction, counts }: Drawing, ink: Ink): string {
  const most = Math.max(0, ...(counts?.flows.values() ?? []));
  return layout.ways
    .map(({ from, to, points, label }) => {
      const flow = counts?.flows.get(`${from} ${to}`) ?? 0;
      const said = [cut(words.get(`${from} ${to}`) ?? ''), flow > 0 ? count(flow) : ''].filter(Boolean).join(' · ');
      return `<path d="${pathOf(points, direction === 'LR')}" fill="none" stroke="${ink.way}" stroke-width="${widthOf(flow, most)}"/>
<text x="${label.x}" y="${label.y + 4}" text-anchor="middle" font-size="11" fill="${ink.quiet}" stroke="${ink.page}" stroke-width="4" paint-order="stroke">${escaped(said)}</text>`;
    })
    .join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => ENTITIES[one] ?? one);
