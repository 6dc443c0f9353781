// Where each step stands and how each way runs: layered by dagre, so that it reads in one direction and nothing crosses a card.

import dagre from '@dagrejs/dagre';
import type { Picture } from './picture.ts';

export type Direction = 'TB' | 'LR';
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Placed extends Point {
  readonly id: string;
}
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  /** Where its label has room. */
  readonly label: Point;
}
export interface Layout {
  /** Of every card: without figures they are lower. */
  readonly height: number;
  /** The upper left corner of every node. */
  readonly nodes: readonly Placed[];
  readonly ways: readonly Way[];
}
export const NODE = { width: 248, height: 92, bare: 60 } as const;
const LETTER = 6.4;

/** Lays a picture out; `said` is what stands on a way. */
export function layOut(
  picture: Picture,
  direction: Direction,
  said: (from: string, to: string) => string,
  height: number,
): Layout {
  const graph = new dagre.graphlib.Graph();
  const wide = direction === 'LR';
  graph.setGraph({
    rankdir: direction,
    nodesep: wide ? 30 : 44,
    edgesep: 24,
    ranksep: wide ? 36 : 30,
    marginx: 16,
    marginy: 16,
  });
  for (const { id } of picture.nodes) graph.setNode(id, { width: NODE.width, height });
  for (const { from, to } of picture.edges) {
    const width = Math.max(30, said(from, to).length * LETTER + 56);
    graph.setEdge(from, to, { width: wide ? width : Math.min(width, 210), height: 24, labelpos: 'c' });
  }
  dagre.layout(graph);
  const nodes = picture.nodes.map(({ id }) => {
    const { x, y } = graph.node(id);
    return { id, x: x - NODE.width / 2, y: y - height / 2 };
  });
  const ways = picture.edges.map(({ from, to }): Way => {
    const { points, x, y } = graph.edge(from, to) as unknown as { points: Point[]; x?: number; y?: number };
    const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
    return {
      from,
      to,
      points: ended(points, graph.node(from), graph.node(to), { wide, height }),
      label: { x: x ?? middle.x, y: y ?? middle.y },
    };
  });
  return { height, nodes, ways };
}

/** Ways leave and arrive in the middle of a card's side. */
function ended(
  points: readonly Point[],
  from: Point,
  to: Point,
  { wide, height }: { wide: boolean; height: number },
): Point[] {
  const [across, along] = [NODE.width / 2, height / 2];
  const back = wide ? to.x < from.x : to.y < from.y;
  if (back) return [...points];
  const start = wide ? { x: from.x + across, y: from.y } : { x: from.x, y: from.y + along };
  const end = wide ? { x: to.x - across, y: to.y } : { x: to.x, y: to.y - along };
  return [start, ...points.slice(1, -1), end];
}

/** A smooth path through the points. */
export function pathOf(points: readonly Point[], wide: boolean): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let [path, here] = [`M${first.x},${first.y}`, first];
  for (const next of rest) {
    const bend = wide
      ? `${(here.x + next.x) / 2},${here.y} ${(here.x + next.x) / 2},${next.y}`
      : `${here.x},${(here.y + next.y) / 2} ${next.x},${(here.y + next.y) / 2}`;
    path += `C${bend} ${next.x},${next.y}`;
    here = next;
  }
  return path;
}

/** How wide a way is drawn: by its share of the widest one; a way nobody went stays a hairline. */
export function widthOf(flow: number, most: number): number {
  return flow <= 0 || most <= 0 ? 1.5 : 2 + 12 * Math.sqrt(flow / most);
}
