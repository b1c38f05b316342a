// Where boxes stand: their sizes, the grid, and a layout for those that nobody has placed.
import { Graph, layout } from '@dagrejs/dagre';
import { idOf, type Box, type Drawing, type Line, type Point } from './types';

export const GRID = 16;
export const WIDTH = 160;
export const HEIGHT = 64;
export const ROUND = 32;
/** Room between boxes: for the label of a line, and for numbers and missing ways below a box. */
const BESIDE = 64;
const BELOW = 64;

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Places = Map<string, Point>;

/** Width and height of a box; an end is round, with its title below. Centres stand on the grid. */
export function sizeOf(box: Box): [width: number, height: number] {
  if (box.kind === 'end') return [ROUND, ROUND];
  return [WIDTH, HEIGHT + 32 * Math.ceil(Math.max(0, box.lines.length - 1) / 2)];
}

export const rectOf = (box: Box, [x, y]: Point): Rect => {
  const [width, height] = sizeOf(box);
  return { x, y, width, height };
};

/** The ways of a box that no line takes. One line for whatever comes out counts for all. */
export function missingWays(box: Box, lines: Line[]): Box['outcomes'] {
  const taken = new Set(lines.filter((line) => line.source === box.id).map((line) => line.outcome));
  return taken.has('') ? [] : box.outcomes.filter(([key]) => !taken.has(key));
}

/** Pixels below a box where something is written. */
export function belowOf(box: Box, lines: Line[]): number {
  const missing = missingWays(box, lines).length;
  if (missing) return 40 + 15 * missing;
  if (box.kind === 'end') return 20;
  return box.live ? 12 : 0;
}

export const snap = (value: number): number => Math.round(value / GRID) * GRID;

/** Everything arranged from left to right (dagre); the start stands at the origin. */
export function tidied({ boxes, lines }: Drawing): Places {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: BELOW, ranksep: BESIDE, edgesep: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) {
    const [width, height] = sizeOf(box);
    graph.setNode(box.id, { width: Math.max(width, 96), height });
  }
  for (const line of forward(boxes, lines)) graph.setEdge(line.source, line.target, { weight: 2 }, idOf(line));
  layout(graph);
  const first = boxes.find((box) => box.start) ?? boxes[0];
  const origin = first ? graph.node(first.id) : undefined;
  const places: Places = new Map();
  for (const box of boxes) {
    const [width, height] = sizeOf(box);
    const at = graph.node(box.id);
    const x = snap(at.x - (origin?.x ?? 0)) + WIDTH / 2 - width / 2;
    const y = snap(at.y - (origin?.y ?? 0)) + HEIGHT / 2 - height / 2;
    places.set(box.id, [x, y]);
  }
  return places;
}

/** Lines between boxes that there are, those that lead back left out: they must not stretch the layout. */
function forward(boxes: Box[], lines: Line[]): Line[] {
  const back = leadingBack(boxes, lines);
  const known = new Set(boxes.map((box) => box.id));
  return lines.filter((line) => !back.has(line) && known.has(line.source) && known.has(line.target));
}

/** The lines that close a circle, walking from the start in the order in which ways were drawn. */
export function leadingBack(boxes: Box[], lines: Line[]): Set<Line> {
  const leaving = grouped(lines);
  const back = new Set<Line>();
  const state = new Map<string, 'open' | 'done'>();
  const walk = (id: string): void => {
    state.set(id, 'open');
    for (const line of leaving.get(id) ?? []) {
      const seen = state.get(line.target);
      if (seen === 'open') back.add(line);
      else if (!seen) walk(line.target);
    }
    state.set(id, 'done');
  };
  const inOrder = [...boxes.filter((box) => box.start), ...boxes.filter((box) => !box.start)];
  for (const box of inOrder) if (!state.has(box.id)) walk(box.id);
  return back;
}

function grouped(lines: Line[]): Map<string, Line[]> {
  const found = new Map<string, Line[]>();
  for (const line of lines) found.set(line.source, [...(found.get(line.source) ?? []), line]);
  return found;
}

/**
 * A place for every box: the page's, else the one found before, else beside the box that leads to it. With no place
 * known at all, everything is arranged.
 */
export function placesOf(drawing: Drawing, found: Places): Places {
  const places: Places = new Map();
  for (const box of drawing.boxes) {
    const known = box.x !== null && box.y !== null ? ([box.x, box.y] as Point) : found.get(box.id);
    if (known) places.set(box.id, known);
  }
  const missing = drawing.boxes.filter((box) => !places.has(box.id));
  if (missing.length && !places.size) return tidied(drawing);
  for (const box of missing) {
    const before = drawing.lines.find((line) => line.target === box.id && places.has(line.source));
    places.set(box.id, freePlace(drawing, places, before?.source ?? null, sizeOf(box)));
  }
  return places;
}

/** A free place right of a box, else right of everything. */
export function freePlace(drawing: Drawing, places: Places, beside: string | null, [width, height]: Point): Point {
  const rects = drawing.boxes.filter((box) => places.has(box.id)).map((box) => rectOf(box, places.get(box.id)!));
  const box = beside === null ? undefined : drawing.boxes.find((each) => each.id === beside);
  const at = box && places.get(box.id);
  const from: Rect = box && at ? rectOf(box, at) : last(rects);
  const x = from.x + from.width + BESIDE;
  const middle = from.y + from.height / 2 - height / 2;
  for (let step = 0; step < 200; step += 1) {
    // Below, above, further below: nearest first.
    const y = middle + (step % 2 ? 1 : -1) * Math.ceil(step / 2) * GRID * 2;
    const free = rects.every(
      (rect) => x >= rect.x + rect.width + GRID || x + width + GRID <= rect.x || y >= rect.y + rect.height + GRID * 2 || y + height + GRID * 2 <= rect.y,
    );
    if (free) return [x, y];
  }
  return [x, middle];
}

const last = (rects: Rect[]): Rect =>
  rects.reduce((right, rect) => (rect.x + rect.width > right.x + right.width ? rect : right), rects[0] ?? { x: -BESIDE, y: 0, width: 0, height: HEIGHT });
