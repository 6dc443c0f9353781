// A journey as a picture one can walk about in: mouse, fingers or keys. The same component shows a live journey with its
// counts and, in the editor, one that is not deployed yet.

import '@xyflow/react/dist/base.css';
import '@xyflow/react/dist/style.css';
import { ActionIcon, Menu, Tooltip, useComputedColorScheme } from '@mantine/core';
import { IconArrowsHorizontal, IconArrowsVertical, IconDownload } from '@tabler/icons-react';
import {
  Background,
  Controls,
  type Edge,
  MiniMap,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { count } from '../shell/format.ts';
import classes from './canvas.module.css';
import { savePng, saveSvg } from './export.ts';
import FlowEdge, { type FlowEdgeData } from './flow-edge.tsx';
import { type Direction, type Layout, layOut, NODE, type Placed, pathOf, widthOf } from './layout.ts';
import { type Counts, NO_COUNTS, type Picture } from './picture.ts';
import StepNode, { type StepNodeData } from './step-node.tsx';
import { cut, labelOf, titleOf } from './words.ts';

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { flow: FlowEdge };

export interface JourneyCanvasProps {
  readonly picture: Picture;
  readonly counts?: Counts;
  readonly selected: string | null;
  readonly onSelect: (step: string | null) => void;
  readonly name: string;
  readonly marks?: ReadonlyMap<string, 'good' | 'bad'>;
  /** The step somebody who is followed stands at. */
  readonly here?: string;
}

export default function JourneyCanvas(props: JourneyCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

const NO_MARKS: ReadonlyMap<string, 'good' | 'bad'> = new Map();

function Canvas({ picture, counts = NO_COUNTS, selected, onSelect, name, marks = NO_MARKS, here }: JourneyCanvasProps) {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  const flow = useReactFlow();
  const [direction, setDirection] = useState<Direction>(() =>
    window.innerWidth > 1100 && picture.nodes.length <= 8 ? 'LR' : 'TB',
  );
  const counted = counts.steps.size > 0;
  // The layout depends on the shape alone: counts that change every second move nothing.
  const shape = JSON.stringify([picture.nodes.map(({ id }) => id), picture.edges.map(({ from, to }) => [from, to])]);
  const words = useMemo(() => wordsOf(picture, (labels) => labelOf(labels, t)), [picture, t]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` says when the picture has another shape
  const layout = useMemo(
    () =>
      layOut(
        picture,
        direction,
        (from, to) => cut(words.get(`${from} ${to}`) ?? ''),
        counted ? NODE.height : NODE.bare,
      ),
    [shape, direction, counted],
  );
  const placed = layout.nodes;
  const nodes = useMemo(
    () => nodesOf({ picture, placed, counts, direction, selected, counted, marks, here }, (node) => titleOf(node, t)),
    [picture, placed, counts, direction, selected, counted, marks, here, t],
  );
  const edges = useMemo(() => edgesOf(layout, counts, words, direction), [layout, counts, words, direction]);
  const frame = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks anew whenever the layout is another
  useEffect(() => {
    const later = requestAnimationFrame(() => void flow.setViewport(viewOf(placed, frame.current)));
    return () => cancelAnimationFrame(later);
  }, [placed]);

  // Whoever is followed stays in view.
  useEffect(() => {
    if (here !== undefined) void flow.fitView({ nodes: [{ id: here }], padding: 2, maxZoom: 0.9, duration: 400 });
  }, [here, flow]);

  const roomy = picture.nodes.length > 6 && (frame.current?.clientWidth ?? window.innerWidth) > 760;
  const walk = (event: KeyboardEvent) => {
    const here = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id;
    if (here === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return onSelect(here);
    }
    const next = neighbour(picture, placed, here, event.key, direction);
    if (next === null) return;
    event.preventDefault();
    focusNode(next);
    void flow.fitView({ nodes: [{ id: next }], padding: 1.5, maxZoom: 1, duration: 150 });
  };
  const drawn = { picture, layout, words, direction, counts: counted ? counts : null, dark: scheme === 'dark', name };
  return (
    <section ref={frame} className={classes.frame} aria-label={t('canvas.name', { name })} onKeyDown={walk}>
      <div className={classes.tools}>
        <Tooltip label={t(direction === 'TB' ? 'canvas.across' : 'canvas.down')}>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t(direction === 'TB' ? 'canvas.across' : 'canvas.down')}
            onClick={() => setDirection(direction === 'TB' ? 'LR' : 'TB')}
          >
            {direction === 'TB' ? <IconArrowsHorizontal size={18} /> : <IconArrowsVertical size={18} />}
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label={t('canvas.export')}>
              <IconDownload size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => saveSvg(drawn, t)}>SVG</Menu.Item>
            <Menu.Item onClick={() => void savePng(drawn, t)}>PNG</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        colorMode={scheme}
        minZoom={0.15}
        maxZoom={1.6}
        onNodeClick={(_event, node) => onSelect(node.id)}
        onPaneClick={() => onSelect(null)}
        ariaLabelConfig={{
          'controls.zoomIn.ariaLabel': t('canvas.zoomIn'),
          'controls.zoomOut.ariaLabel': t('canvas.zoomOut'),
          'controls.fitView.ariaLabel': t('canvas.fit'),
          'controls.ariaLabel': t('canvas.controls'),
          'minimap.ariaLabel': t('canvas.minimap'),
        }}
      >
        <Background gap={24} size={1} />
        <Controls showInteractive={false} />
        {roomy && <MiniMap pannable zoomable ariaLabel={t('canvas.minimap')} style={{ width: 150, height: 96 }} />}
      </ReactFlow>
    </section>
  );
}

/** All of it where it can be read so; else its beginning, as large as one reads. */
function viewOf(placed: readonly Placed[], frame: HTMLElement | null): { x: number; y: number; zoom: number } {
  const { width, height } = frame?.getBoundingClientRect() ?? { width: 800, height: 500 };
  const right = Math.max(...placed.map(({ x }) => x + NODE.width)) + 16;
  const bottom = Math.max(...placed.map(({ y }) => y + NODE.bare)) + 40;
  const whole = Math.min(1, width / right, height / bottom);
  if (whole >= READABLE) return { x: (width - right * whole) / 2, y: (height - bottom * whole) / 2, zoom: whole };
  const zoom = Math.min(0.9, Math.max(READABLE, Math.min(width / right, 0.9)));
  const entry = placed[0] ?? { x: 0, y: 0 };
  const centred = (width - right * zoom) / 2;
  // Wider than the frame: the entry is in view, in the middle of what goes down, at the left of what goes across.
  const x = centred >= 0 ? centred : bottom > right ? width / 2 - (entry.x + NODE.width / 2) * zoom : 12;
  return { x, y: bottom * zoom <= height ? (height - bottom * zoom) / 2 : 12, zoom };
}

const READABLE = 0.62;

interface Drawn {
  readonly picture: Picture;
  readonly placed: readonly Placed[];
  readonly counts: Counts;
  readonly direction: Direction;
  readonly selected: string | null;
  readonly counted: boolean;
  readonly marks: ReadonlyMap<string, 'good' | 'bad'>;
  readonly here: string | undefined;
}

const NOBODY = { inside: 0, passed: 0, skipped: {}, onward: null };

function nodesOf(drawn: Drawn, title: (node: Picture['nodes'][number]) => string): Node<StepNodeData>[] {
  const { picture, placed, counts, direction, selected, counted, marks, here } = drawn;
  const places = new Map(placed.map((one) => [one.id, one]));
  return picture.nodes.flatMap((step) => {
    const place = places.get(step.id);
    if (place === undefined) return [];
    return {
      id: step.id,
      type: 'step',
      position: { x: place.x, y: place.y },
      width: NODE.width,
      height: counted ? NODE.height : NODE.bare,
      selected: selected === step.id,
      focusable: true,
      ariaRole: 'button',
      ariaLabel: title(step),
      data: {
        step,
        counts: counted ? (counts.steps.get(step.id) ?? NOBODY) : null,
        direction,
        mark: marks.get(step.id) ?? null,
        here: step.id === here,
      },
    };
  });
}

/** What stands on each way, by `from to`: where there is one way only, why it is taken says nothing. */
function wordsOf(picture: Picture, label: (labels: readonly string[]) => string): ReadonlyMap<string, string> {
  const choices = new Map<string, number>();
  for (const { from } of picture.edges) choices.set(from, (choices.get(from) ?? 0) + 1);
  return new Map(
    picture.edges.map(({ from, to, labels }) => [`${from} ${to}`, (choices.get(from) ?? 0) > 1 ? label(labels) : '']),
  );
}

function edgesOf(
  layout: Layout,
  counts: Counts,
  words: ReadonlyMap<string, string>,
  direction: Direction,
): Edge<FlowEdgeData>[] {
  const most = Math.max(0, ...counts.flows.values());
  return layout.ways.map(({ from, to, points, label }) => {
    const key = `${from} ${to}`;
    const flow = counts.flows.get(key) ?? 0;
    const full = words.get(key) ?? '';
    return {
      id: key,
      source: from,
      target: to,
      type: 'flow',
      data: {
        path: pathOf(points, direction === 'LR'),
        at: label,
        label: cut(full),
        full,
        width: widthOf(flow, most),
        flow: flow > 0 ? count(flow) : null,
      },
    };
  });
}

function focusNode(id: string): void {
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus();
}

/** The step an arrow key leads to: along the ways in reading direction, and to the one beside it across. */
function neighbour(
  picture: Picture,
  placed: readonly Placed[],
  here: string,
  key: string,
  direction: Direction,
): string | null {
  const [on, back, after, before] =
    direction === 'TB'
      ? ['ArrowDown', 'ArrowUp', 'ArrowRight', 'ArrowLeft']
      : ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp'];
  const along = (one: Placed) => (direction === 'TB' ? one.y : one.x);
  const steps = (ids: readonly string[]) =>
    placed.filter(({ id }) => ids.includes(id)).sort((a, b) => along(a) - along(b));
  // The next one as it is seen, not the one a way leads to that passes others by.
  if (key === on) return steps(picture.edges.flatMap(({ from, to }) => (from === here ? [to] : []))).at(0)?.id ?? null;
  if (key === back)
    return steps(picture.edges.flatMap(({ from, to }) => (to === here ? [from] : []))).at(-1)?.id ?? null;
  if (key !== after && key !== before) return null;
  const own = placed.find(({ id }) => id === here);
  if (own === undefined) return null;
  const across = (one: Placed) => (direction === 'TB' ? one.x : one.y);
  const row = placed.filter((one) => Math.abs(along(one) - along(own)) < 10).sort((a, b) => across(a) - across(b));
  const at = row.findIndex(({ id }) => id === here);
  return row[at + (key === after ? 1 : -1)]?.id ?? null;
}
