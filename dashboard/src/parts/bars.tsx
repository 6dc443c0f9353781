// Bars and a line in a few lines of SVG: the first page shows them, so that it does not wait for a chart library of its
// own weight. Everything in them can be read as a table too.

import { Text, VisuallyHidden } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { short } from '../shell/format.ts';
import classes from './bars.module.css';

export interface Series {
  readonly name: string;
  readonly label: string;
  /** A CSS colour. */
  readonly color: string;
}

export interface BarsProps {
  readonly label: string;
  readonly series: readonly Series[];
  readonly rows: readonly { readonly name: string; readonly values: Readonly<Record<string, number>> }[];
  readonly kind: 'stacked' | 'grouped' | 'area';
  readonly height?: number;
  readonly format: (value: number) => string;
}

const LEFT = 52;
const BELOW = 24;
const ABOVE = 8;

/** Round numbers up to the largest value: 0, 50, 100. */
export function ticksFor(most: number): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(most < 4 ? 1 : 0, power * ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10));
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, n) => n * step);
}

export function Bars(props: BarsProps) {
  const { label, series, rows, kind, height = 220, format } = props;
  const { ref, width } = useElementSize();
  const [over, setOver] = useState<number | null>(null);
  const value = (n: number, name: string): number => rows[n]?.values[name] ?? 0;
  const sums = rows.map((_, n) => series.map(({ name }) => value(n, name)));
  const most = Math.max(
    0,
    ...sums.map((all) => (kind === 'stacked' ? all.reduce((a, b) => a + b, 0) : Math.max(0, ...all))),
  );
  const ticks = ticksFor(most);
  const top = ticks.at(-1) ?? 1;
  const room = { width: Math.max(0, width - LEFT), height: height - BELOW - ABOVE };
  const y = (amount: number): number => ABOVE + room.height * (1 - amount / top);
  const slot = rows.length === 0 ? 0 : room.width / rows.length;
  // As many names as have room.
  const every = Math.max(1, Math.ceil(64 / Math.max(1, slot)));
  const told = over === null ? null : rows[over];
  return (
    <figure className={classes.figure} aria-label={label}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: whoever has no mouse has the table below */}
      <div ref={ref} className={classes.plot} onMouseLeave={() => setOver(null)}>
        {width > 0 && (
          <svg width={width} height={height} data-chart aria-hidden="true">
            {ticks.map((tick) => (
              <g key={tick}>
                <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} className={classes.grid} />
                <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className={classes.tick}>
                  {short(tick)}
                </text>
              </g>
            ))}
            {kind === 'area' ? (
              <Line {...{ rows, series, y, slot }} />
            ) : (
              rows.map((row, n) => <Column key={row.name} {...{ series, kind, y, slot, n, value }} />)
            )}
            {rows.map((row, n) => (
              <g key={row.name}>
                {n % every === 0 && (
                  <text x={LEFT + slot * (n + 0.5)} y={height - 6} textAnchor="middle" className={classes.tick}>
                    {row.name}
                  </text>
                )}
                {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
                <rect
                  x={LEFT + slot * n}
                  y={0}
                  width={slot}
                  height={height - BELOW}
                  className={classes.hit}
                  data-over={over === n || undefined}
                  onMouseEnter={() => setOver(n)}
                />
              </g>
            ))}
          </svg>
        )}
        {told !== undefined && told !== null && over !== null && (
          <div
            className={classes.tip}
            style={{ left: Math.min(Math.max(LEFT + slot * (over + 0.5), 90), Math.max(90, width - 90)) }}
          >
            <b>{told.name}</b>
            {series.map(({ name, label: said, color }) => (
              <span key={name}>
                <i style={{ background: color }} /> {said} <b>{format(told.values[name] ?? 0)}</b>
              </span>
            ))}
          </div>
        )}
      </div>
      {series.length > 1 && (
        <div className={classes.legend} aria-hidden="true">
          {series.map(({ name, label: said, color }) => (
            <Text key={name} component="span" size="xs">
              <i style={{ background: color }} /> {said}
            </Text>
          ))}
        </div>
      )}
      <VisuallyHidden>
        <AsTable {...props} />
      </VisuallyHidden>
    </figure>
  );
}

interface ColumnProps {
  readonly series: readonly Series[];
  readonly kind: 'stacked' | 'grouped' | 'area';
  readonly y: (amount: number) => number;
  readonly slot: number;
  readonly n: number;
  readonly value: (n: number, name: string) => number;
}

function Column({ series, kind, y, slot, n, value }: ColumnProps) {
  const wide = Math.min(slot * 0.72, kind === 'stacked' ? 36 : 34 * series.length);
  const left = LEFT + slot * n + (slot - wide) / 2;
  let below = 0;
  return series.map(({ name, color }, at) => {
    const amount = value(n, name);
    const base = kind === 'stacked' ? below : 0;
    below += amount;
    const own = kind === 'stacked' ? wide : wide / series.length - 2;
    const x = kind === 'stacked' ? left : left + (at * wide) / series.length;
    const [top, bottom] = [y(base + amount), y(base)];
    return (
      amount > 0 && (
        <rect
          key={name}
          x={x}
          y={top}
          width={Math.max(1, own)}
          height={Math.max(1, bottom - top)}
          rx={Math.min(3, own / 3)}
          style={{ fill: color }}
        />
      )
    );
  });
}

function Line({ rows, series, y, slot }: Pick<BarsProps, 'rows' | 'series'> & Pick<ColumnProps, 'y' | 'slot'>) {
  return series.map(({ name, color }) => {
    const points = rows.map((row, n) => `${LEFT + slot * (n + 0.5)},${y(row.values[name] ?? 0)}`);
    const area = `M${LEFT + slot / 2},${y(0)}L${points.join('L')}L${LEFT + slot * (rows.length - 0.5)},${y(0)}Z`;
    return (
      <g key={name}>
        <path d={area} style={{ fill: color, fillOpacity: 0.14 }} />
        <path d={`M${points.join('L')}`} style={{ fill: 'none', stroke: color, strokeWidth: 2 }} />
      </g>
    );
  });
}

function AsTable({ label, series, rows, format }: BarsProps) {
  return (
    <table>
      <caption>{label}</caption>
      <thead>
        <tr>
          <td />
          {series.map(({ name, label: said }) => (
            <th key={name} scope="col">
              {said}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            {series.map(({ name }) => (
              <td key={name}>{format(row.values[name] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
