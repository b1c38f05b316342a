// A line as one sees it: its way, its head, the word of its outcome.
import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { headOf, pathOf, type Route } from './routes';

export interface LineData extends Record<string, unknown> {
  route: Route;
  words: string;
  tone: string;
  back: boolean;
}
export type LineEdge = Edge<LineData, 'line'>;

export const LineView = memo(function LineView({ id, data, selected }: EdgeProps<LineEdge>) {
  const { route, words, tone, back } = data!;
  const classes = ['kc-way', tone && `kc-tone-${tone}`, back && 'kc-back', selected && 'kc-selected'].filter(Boolean);
  return (
    <g className={classes.join(' ')}>
      <BaseEdge id={id} path={pathOf(route.points)} interactionWidth={18} className="kc-path" />
      <path className="kc-head" d={headOf(route.points)} />
      {words && <text className="kc-words" x={route.label[0]} y={route.label[1]} dy="0.35em">{words}</text>}
    </g>
  );
});
