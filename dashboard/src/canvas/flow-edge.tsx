// A way between two steps, as wide as the number of people who went it.

import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import classes from './canvas.module.css';
import type { Point } from './layout.ts';

export type FlowEdgeData = {
  readonly path: string;
  readonly at: Point;
  readonly label: string;
  readonly full: string;
  readonly width: number;
  readonly flow: string | null;
};

function FlowEdge({ id, data }: EdgeProps<Edge<FlowEdgeData>>) {
  if (data === undefined) return null;
  const { path, at, label, full, width, flow } = data;
  const text = [label, flow].filter(Boolean).join(' · ');
  return (
    <>
      <BaseEdge id={id} path={path} className={classes.edge ?? ''} style={{ strokeWidth: width }} />
      {text !== '' && (
        <EdgeLabelRenderer>
          <div
            className={classes.label}
            title={full}
            style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}
          >
            {text}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export default memo(FlowEdge);
