// Where boxes stand: their sizes, the grid, and a layout for those that nobody has placed.
import { Graph, layout } from '@dagrejs/dagre';
import { idOf, type Box, type Drawing, type Line, type Point } from './types';

export const GRID = 8;
export const WIDTH = 160;
export const HEIGHT = 64;
export const ROUND = 32;
/** Room between boxes: for the label of a line, and for numbers and missing ways below a box. */
const BESIDE = 64;
const BELOW = 80;
/** The least that a new box keeps from others; twice as much above and below. */
const APART = 16;

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
  return [WIDTH, HEIGHT + 16 * Math.max(0, box.lines.length - 1)];
}

export const rectOf = (box: Box, [x, y]: Point): Rect => {
  const [width, height] = sizeOf(box);
  return { x, y, width, height };
};

/** The ways of a box that none of the lines that leave it takes. One for whatever comes out counts for all. */
export function missingWays(box: Box, leaving: Line[]): Box['outcomes'] {
  const taken = new Set(leaving.map((line) => line.outcome));
  return taken.has('') ? [] : box.outcomes.filter(([key]) => !taken.has(key));
}

/** Pixels below every box where something is written. */
export function belowAll(boxes: Box[], lines: Line[]): Map<string, number> {
  const leaving = grouped(lines);
  return new Map(boxes.map((box) => [box.id, belowOf(box, missingWays(box, leaving.get(box.id) ?? []).length)]));
}

function belowOf(box: Box, missing: number): number {
  if (missing) return 40 + 15 * missing;
  if (box.kind === 'end') return 20;
  return box.live ? 12 : 0;
}

export const snap = (value: number): number => Math.round(value / GRID) * GRID;

/** Room for a drawing that nobody has placed yet: about what the designer's page leaves it. */
const ROOM: Point = [640, 470];

/**
 * Everything arranged: dagre says what follows what, the main way is one straight row with its side ways below. What
 * is longer than the room turns round at the end of a row, as one reads a field that is ploughed.
 */
export function tidied(drawing: Drawing, room: Point = ROOM): Places {
  const ranks = ranked(drawing);
  const rows = rowsOf(drawing, ranks);
  const longest = Math.max(0, ...ranks.values()) + 1;
  let best: Places = new Map();
  let most = 0;
  for (let columns = Math.min(3, longest); columns <= Math.min(longest, 9); columns += 1) {
    const places = folded(drawing.boxes, ranks, rows, columns);
    const zoom = zoomToSee(drawing.boxes, places, room);
    if (zoom > most) [best, most] = [places, zoom];
  }
  return best;
}

/** The column of every box, from dagre's layers. */
function ranked({ boxes, lines }: Drawing): Map<string, number> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: BELOW, ranksep: BESIDE });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) graph.setNode(box.id, { width: WIDTH, height: HEIGHT });
  for (const line of forward(boxes, lines)) graph.setEdge(line.source, line.target, { weight: 2 }, idOf(line));
  if (boxes.length) layout(graph);
  const layers = [...new Set(boxes.map((box) => Math.round(graph.node(box.id).x)))].sort((a, b) => a - b);
  return new Map(boxes.map((box) => [box.id, layers.indexOf(Math.round(graph.node(box.id).x))]));
}

/** The row of every box: that of the box before it when it is free, else the next one below. */
function rowsOf({ boxes, lines }: Drawing, ranks: Map<string, number>): Map<string, number> {
  const rows = new Map<string, number>();
  const taken = new Set<string>();
  const main = mainWay(boxes, lines);
  const put = (id: string, wanted: number): void => {
    let row = wanted;
    while (taken.has(`${ranks.get(id)} ${row}`)) row += 1;
    taken.add(`${ranks.get(id)} ${row}`);
    rows.set(id, row);
  };
  for (const id of main) put(id, 0);
  const others = boxes.filter((box) => !rows.has(box.id)).sort((a, b) => ranks.get(a.id)! - ranks.get(b.id)!);
  for (const box of others) {
    const before = lines.find((line) => line.target === box.id && (ranks.get(line.source) ?? Infinity) < ranks.get(box.id)!);
    put(box.id, Math.max(rows.get(before?.source ?? '') ?? 0, before && main.has(before.source) ? 1 : 0));
  }
  return rows;
}

/** The boxes that a case passes when all goes well: from the start along each box's first way. */
function mainWay(boxes: Box[], lines: Line[]): Set<string> {
  const way = new Set<string>();
  const known = new Map(boxes.map((box) => [box.id, box]));
  let box = boxes.find((each) => each.start) ?? boxes[0];
  while (box && !way.has(box.id)) {
    way.add(box.id);
    const from: Box = box;
    const order = from.outcomes.map(([key]) => key);
    const leaving = lines.filter((line) => line.source === from.id).sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
    box = leaving.map((line) => known.get(line.target)).find((each) => each && !way.has(each.id));
  }
  return way;
}

function folded(boxes: Box[], ranks: Map<string, number>, rows: Map<string, number>, columns: number): Places {
  const places: Places = new Map();
  const bands = Math.floor(Math.max(0, ...ranks.values()) / columns) + 1;
  let top = 0;
  for (let band = 0; band < bands; band += 1) {
    const inside = boxes.filter((box) => Math.floor(ranks.get(box.id)! / columns) === band);
    const used = [...new Set(inside.map((box) => rows.get(box.id)!))].sort((a, b) => a - b);
    for (const row of used) {
      const level = inside.filter((box) => rows.get(box.id) === row);
      const tallest = Math.max(...level.map((box) => sizeOf(box)[1]), HEIGHT);
      for (const box of level) {
        const column = ranks.get(box.id)! % columns;
        const turned = band % 2 === 1;
        const [width, height] = sizeOf(box);
        const left = (turned ? columns - 1 - column : column) * (WIDTH + BESIDE) + (turned ? WIDTH - width : 0);
        places.set(box.id, [left, top + (tallest - height) / 2]);
      }
      top += tallest + BELOW;
    }
  }
  return places;
}

function zoomToSee(boxes: Box[], places: Places, [width, height]: Point): number {
  const rects = boxes.map((box) => rectOf(box, places.get(box.id)!));
  const right = Math.max(...rects.map((rect) => rect.x + rect.width), 1);
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height), 1);
  return Math.min(width / (right + BESIDE), height / bottom);
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

export function grouped(lines: Line[]): Map<string, Line[]> {
  const found = new Map<string, Line[]>();
  for (const line of lines) {
    const known = found.get(line.source);
    if (known) known.push(line);
    else found.set(line.source, [line]);
  }
  return found;
}

/**
 * A place for every box: the page's, else the one found before, else beside the box that leads to it. When the page has
 * none for most, all are arranged: two layouts at once would lie upon each other.
 */
export function placesOf(drawing: Drawing, found: Places): Places {
  const own = (box: Box): Point | undefined => (box.x !== null && box.y !== null ? [box.x, box.y] : undefined);
  const whole = drawing.boxes.filter((box) => !own(box)).length * 2 > drawing.boxes.length;
  const places: Places = new Map();
  for (const box of drawing.boxes) {
    const known = whole ? found.get(box.id) : (own(box) ?? found.get(box.id));
    if (known) places.set(box.id, known);
  }
  const missing = drawing.boxes.filter((box) => !places.has(box.id));
  if (missing.length > places.size) return tidied(drawing);
  for (const box of missing) {
    const before = drawing.lines.find((line) => line.target === box.id && places.has(line.source));
    places.set(box.id, freePlace(drawing, places, before?.source ?? null, sizeOf(box)));
  }
  return places;
}

/** A free place near a box, best right of it or below it; without one, right of everything. */
export function freePlace(drawing: Drawing, places: Places, beside: string | null, [width, height]: Point): Point {
  const below = belowAll(drawing.boxes, drawing.lines);
  const taken = drawing.boxes
    .filter((box) => places.has(box.id))
    .map((box) => ({ ...rectOf(box, places.get(box.id)!), below: below.get(box.id)! }));
  const box = beside === null ? undefined : drawing.boxes.find((each) => each.id === beside);
  const at = box && places.get(box.id);
  if (!box || !at) return [Math.max(-BESIDE, ...taken.map((rect) => rect.x + rect.width)) + BESIDE, (HEIGHT - height) / 2];
  const from = rectOf(box, at);
  const middle = from.y + from.height / 2 - height / 2;
  for (const [columns, rows] of NEAR) {
    const x = columns < 0 ? from.x + columns * (width + BESIDE) : from.x + (columns && from.width - WIDTH) + columns * (WIDTH + BESIDE);
    const y = middle + rows * (HEIGHT + BELOW);
    const free = taken.every(
      (rect) => x >= rect.x + rect.width + APART || x + width + APART <= rect.x || y >= rect.y + rect.height + rect.below + APART || y + height + BELOW - APART <= rect.y,
    );
    if (free) return [x, y];
  }
  return [from.x + from.width + BESIDE, middle];
}

/** Steps to the places around a box, nearest first; to the left and above only when there is nothing else. */
const NEAR: Point[] = [-2, -1, 0, 1, 2]
  .flatMap((columns) => [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map((rows): Point => [columns, rows]))
  .filter(([columns, rows]) => columns || rows)
  .sort((a, b) => effort(a) - effort(b));

function effort([columns, rows]: Point): number {
  return Math.abs(columns) * (columns < 0 ? 300 : 224) + Math.abs(rows) * (rows < 0 ? 330 : 170);
}
