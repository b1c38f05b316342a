// What React Flow is given: nodes and edges of the drawing, the same objects as long as nothing about them changes.
import type { Edge, Node, Viewport } from '@xyflow/react';
import { useRef } from 'react';
import { IN, handleOf, type BoxData, type BoxNode } from './box';
import type { Seen } from './desk';
import type { LineEdge } from './line';
import { HEIGHT, ROUND, grouped, leadingBack, missingWays, sizeOf, type Places } from './places';
import { routed, wordOf, type Laid, type Port, type Routes, type Side } from './routes';
import { idOf, said, type Addable, type Box, type Line, type Point } from './types';

export const START = 'kontor:start';
/** Room between the mark where cases begin and the first box. */
const AHEAD = 48;

export type StartNode = Node<Record<string, unknown>, 'start'>;
export type Shown = BoxNode | StartNode;

export interface Picture {
  nodes: Shown[];
  edges: Edge[];
  routes: Routes;
  laid: Laid;
}
interface Kept<T> {
  node: T;
  said: string;
}

export function usePicture(seen: Seen): Picture {
  const kept = useRef({
    seen: null as Seen | null,
    picture: null as Picture | null,
    nodes: new Map<string, Kept<Shown>>(),
    edges: new Map<string, Kept<Edge>>(),
  });
  const { current } = kept;
  if (current.seen === seen && current.picture) return current.picture;
  const { drawing, places } = withStart(seen);
  const laid = routed(drawing.boxes, drawing.lines, places, current.picture?.laid ?? { routes: new Map(), rects: new Map() });
  const { routes } = laid;
  const back = leadingBack(drawing.boxes, drawing.lines);
  const leaving = grouped(drawing.lines);
  const known = new Map(drawing.boxes.map((box) => [box.id, box]));
  const arriving = new Map(drawing.boxes.map((box): [string, Side[]] => [box.id, []]));
  for (const line of drawing.lines) {
    const side = routes.get(idOf(line))?.to.side;
    if (side) arriving.get(line.target)?.push(side);
  }
  const nodes = drawing.boxes.map((box) => keep(current.nodes, nodeOf(box, seen, leaving.get(box.id) ?? [], arriving.get(box.id) ?? [], places, routes, known)));
  const edges = drawing.lines.flatMap((line) => {
    const edge = edgeOf(line, seen, known, routes, back.has(line));
    return edge ? [keep(current.edges, edge)] : [];
  });
  current.nodes = new Map(nodes.map((each) => [each.node.id, each]));
  current.edges = new Map(edges.map((each) => [each.node.id, each]));
  current.seen = seen;
  current.picture = {
    nodes: same(current.picture?.nodes, nodes.map(({ node }) => node)),
    edges: same(current.picture?.edges, edges.map(({ node }) => node)),
    routes, laid,
  };
  return current.picture;
}

/** The old list when it holds the same objects: React Flow then does nothing. */
const same = <T>(before: T[] | undefined, now: T[]): T[] =>
  before?.length === now.length && now.every((each, index) => each === before[index]) ? before : now;

/** The old object when it says the same: React then draws nothing. */
function keep<T extends { id: string }>(before: Map<string, Kept<T>>, node: T): Kept<T> {
  const said = JSON.stringify(node);
  const old = before.get(node.id);
  return old?.said === said ? old : { node, said };
}

/** With the mark where cases begin, which belongs to no box of the page. */
function withStart({ drawing, places }: Seen): Pick<Seen, 'drawing' | 'places'> {
  const first = drawing.boxes.find((box) => box.start);
  const at = first && places.get(first.id);
  if (!first || !at) return { drawing, places };
  const mark: Box = { ...first, id: START, kind: 'end', start: true, lines: [], outcomes: [], problems: [], warnings: [], live: null };
  const place: Point = [at[0] - AHEAD - ROUND, at[1] + sizeOf(first)[1] / 2 - ROUND / 2];
  return {
    drawing: {
      boxes: [mark, ...drawing.boxes],
      lines: [{ source: START, outcome: '', target: first.id, label: '', tone: '' }, ...drawing.lines],
    },
    places: new Map([...places, [START, place]]),
  };
}

function nodeOf(box: Box, seen: Seen, leaving: Line[], arriving: Side[], places: Places, routes: Routes, known: Map<string, Box>): Shown {
  const [x, y] = places.get(box.id)!;
  const [width, height] = sizeOf(box);
  const common = { id: box.id, position: { x, y }, width, height, measured: { width, height } };
  if (box.id === START) {
    return { ...common, type: 'start', data: {}, draggable: false, selectable: false, focusable: false, connectable: false, ariaLabel: 'Start' };
  }
  const { data } = seen;
  const item = data.palette.find((each) => each.kind === box.kind);
  const ports: Record<string, Port> = {};
  for (const line of leaving) ports[line.outcome] ??= routes.get(idOf(line))?.from ?? { side: 'right', shift: 0 };
  const missing = missingWays(box, leaving);
  const hot = box.live?.bottleneck ?? false;
  const shown: BoxData = {
    box, ports, missing, editable: data.editable, entries: [...new Set<Side>(['left', ...arriving])],
    word: item?.label ?? box.kind, icon: item?.icon ?? 'crop_square',
  };
  return {
    ...common, type: 'box', data: shown, selected: seen.boxes.has(box.id), className: hot ? 'kc-hot-node' : '',
    ariaLabel: spoken(box, item, leaving, missing, known),
  };
}

/** A box in words, as a listener hears it. */
function spoken(box: Box, item: Addable | undefined, leaving: Line[], missing: [string, string][], known: Map<string, Box>): string {
  const title = (id: string) => known.get(id)?.title || 'a new box';
  const ways = leaving.map((line) => `${wordOf(line, box) || 'goes on'} to ${title(line.target)}`);
  const nowhere = missing.map(([, label]) => `${label || 'the way on'} leads nowhere`);
  const problems = [...said('Problem', box.problems), ...said('Warning', box.warnings)];
  const live = box.live && [`${box.live.cases} cases now`, box.live.median && `median ${box.live.median}`, box.live.rejected, box.live.bottleneck && 'the bottleneck'].filter(Boolean).join(', ');
  return [`${item?.label ?? box.kind}: ${box.title || 'new'}`, ...box.lines, ways.concat(nowhere).join(', '), live, ...problems].filter(Boolean).join('. ');
}

function edgeOf(line: Line, seen: Seen, known: Map<string, Box>, routes: Routes, back: boolean): LineEdge | null {
  const id = idOf(line);
  const route = routes.get(id);
  if (!route) return null;
  const box = known.get(line.source);
  const mark = line.source === START;
  // The main way out of the bottleneck, the first of its ways, shows where the cases are held up.
  const hot = box?.live?.bottleneck && line.outcome === (box.outcomes[0]?.[0] ?? '');
  return {
    id, type: 'line', source: line.source, target: line.target,
    sourceHandle: handleOf(line.outcome), targetHandle: `${IN}${route.to.side}`,
    selected: seen.lines.has(id), selectable: !mark, reconnectable: seen.data.editable && !mark ? 'target' : false,
    data: { route, words: route.words, tone: line.tone || (hot ? 'orange' : ''), back },
  };
}

/** The first view: everything, if it can be read then; else the beginning. */
export function beginning({ nodes, routes }: Picture, [width, height]: Point): Viewport {
  const room = 32;
  const tools = 56;
  if (!nodes.length) return { x: room, y: height / 3, zoom: 1 };
  const turns = [...routes.values()].flatMap((route) => route.points);
  const left = Math.min(...nodes.map((node) => node.position.x), ...turns.map(([x]) => x));
  const top = Math.min(...nodes.map((node) => node.position.y), ...turns.map(([, y]) => y));
  const right = Math.max(...nodes.map((node) => node.position.x + node.width!), ...turns.map(([x]) => x));
  const bottom = Math.max(...nodes.map((node) => node.position.y + node.height!), ...turns.map(([, y]) => y)) + 24;
  const whole = Math.min((width - 2 * room) / (right - left), (height - room - tools) / (bottom - top), 1);
  if (whole >= 0.6) {
    return { x: (width - (right + left) * whole) / 2, y: Math.max(room / 2, (height - tools - (bottom - top) * whole) / 2) - top * whole, zoom: whole };
  }
  const zoom = width < 480 ? 0.75 : 0.85;
  const first = nodes[0]!;
  return { x: room - first.position.x * zoom, y: startY(first, top, bottom, height - tools, zoom), zoom };
}

function startY(first: Shown, top: number, bottom: number, height: number, zoom: number): number {
  if ((bottom - top) * zoom < height) return (height - (bottom - top) * zoom) / 2 - top * zoom;
  return Math.min(height / 2 - (first.position.y + HEIGHT / 2) * zoom, 16 - top * zoom);
}

/** Whether a box at a place is in view. */
export function isAt({ x, y, zoom }: Viewport, ground: HTMLElement, at: Point): boolean {
  const [left, top] = [at[0] * zoom + x, at[1] * zoom + y];
  return left >= 0 && top >= 0 && left + 160 * zoom <= ground.clientWidth && top + HEIGHT * zoom <= ground.clientHeight;
}

/** The line that a point lies on, or nearly. */
export function lineNear(routes: Routes, [x, y]: Point): string | null {
  const room = 14;
  for (const [id, { points }] of routes) {
    if (id.startsWith(START)) continue;
    for (let index = 1; index < points.length; index += 1) {
      const [a, b] = [points[index - 1]!, points[index]!];
      const inside = x >= Math.min(a[0], b[0]) - room && x <= Math.max(a[0], b[0]) + room && y >= Math.min(a[1], b[1]) - room && y <= Math.max(a[1], b[1]) + room;
      if (inside) return id;
    }
  }
  return null;
}

