// How lines run: in right angles, around boxes, apart from each other.
import { placed, type Worded } from './labels';
import { belowAll, rectOf, type Places, type Rect } from './places';
import { idOf, type Box, type Line, type Point } from './types';

export type Side = 'right' | 'bottom' | 'top' | 'left';
export interface Port {
  side: Side;
  /** Pixels from the middle of the side. */
  shift: number;
}
export interface Route {
  points: Point[];
  from: Port;
  to: Port;
  label: Point;
  words: string;
}
export type Routes = Map<string, Route>;

const OUT: Record<Side, Point> = { right: [1, 0], bottom: [0, 1], top: [0, -1], left: [-1, 0] };
/** What a side costs, in pixels: things flow from left to right. */
const LEAVE: Record<Side, number> = { right: 0, bottom: 30, top: 45, left: 60 };
const ENTER: Record<Side, number> = { left: 0, top: 25, bottom: 40, right: 60 };
const STUB = 24;
const LANE = 16;
const BEND = 24;
const THROUGH = 900;
/** Through the numbers or the missing ways below a box. */
const THROUGH_WORDS = 90;
const SIDES: Side[] = ['right', 'bottom', 'top', 'left'];

export interface Obstacle extends Rect {
  id: string;
  /** Pixels below the box that are taken by numbers, missing ways or a title. */
  below: number;
  /** Numbers hang over the lower edge: a line that comes from below ends under them. */
  hang: number;
}

interface Segment {
  a: Point;
  b: Point;
  target: string;
}

/** Lines as they run, and what stood where when they were laid. */
export interface Laid {
  routes: Routes;
  rects: Map<string, Obstacle>;
}

/** Lay the lines. Those that nothing happened to run as before: a drag must not wait for a hundred others. */
export function routed(boxes: Box[], lines: Line[], places: Places, before: Laid): Laid {
  const rects = new Map<string, Obstacle>();
  const known = new Map(boxes.map((box) => [box.id, box]));
  const below = belowAll(boxes, lines);
  for (const box of boxes) {
    const at = places.get(box.id);
    if (at) rects.set(box.id, { ...rectOf(box, at), id: box.id, below: below.get(box.id)!, hang: box.live ? 10 : 0 });
  }
  const changed = changedRects(before.rects, rects);
  const routes: Routes = new Map();
  const used: Segment[] = [];
  const taken = new Map<string, Set<number>>();
  const keep = (line: Line, route: Route): void => {
    routes.set(idOf(line), route);
    used.push(...segments(route.points, line.target));
    const side = `${line.source} ${route.from.side}`;
    taken.set(side, (taken.get(side) ?? new Set()).add(route.from.shift));
  };
  const fresh: Line[] = [];
  for (const line of lines) {
    const old = before.routes.get(idOf(line));
    if (old && old.words === wordOf(line, known.get(line.source)) && !touched(line, old, changed)) keep(line, old);
    else fresh.push(line);
  }
  if (!fresh.length) return { routes, rects };
  // Short ways first: they are the plain ones, and long ways go around them.
  const far = (line: Line): number => {
    const [a, b] = [rects.get(line.source), rects.get(line.target)];
    return a && b ? Math.abs(a.x - b.x) + Math.abs(a.y - b.y) : 0;
  };
  for (const line of fresh.sort((a, b) => far(a) - far(b))) {
    const [from, to] = [rects.get(line.source), rects.get(line.target)];
    if (!from || !to) continue;
    const space = between(from, to);
    const around = [...rects.values()].filter((rect) => meets(rect, space));
    const others = used.filter(({ a, b }) => meets(spanned(a, b), space));
    keep(line, { ...best(line, from, to, around, others, taken), words: wordOf(line, known.get(line.source)) });
  }
  write(routes, fresh, lines, boxes, [...rects.values()]);
  return { routes, rects };
}

/** Boxes that came, went, moved or grew: as they stood and as they stand, with the room that lines keep. */
function changedRects(before: Map<string, Obstacle>, now: Map<string, Obstacle>): Map<string, Rect[]> {
  const changed = new Map<string, Rect[]>();
  for (const id of new Set([...before.keys(), ...now.keys()])) {
    const [old, rect] = [before.get(id), now.get(id)];
    const same = old && rect && old.x === rect.x && old.y === rect.y && old.height === rect.height && old.below === rect.below && old.hang === rect.hang;
    if (same) continue;
    changed.set(id, [old, rect].flatMap((each) => (each ? [roomy(each)] : [])));
  }
  return changed;
}

const roomy = ({ x, y, width, height, below }: Obstacle): Rect => ({ x: x - LANE, y: y - LANE, width: width + 2 * LANE, height: height + below + 2 * LANE });

function touched(line: Line, route: Route, changed: Map<string, Rect[]>): boolean {
  if (!changed.size) return false;
  if (changed.has(line.source) || changed.has(line.target)) return true;
  const rects = [...changed.values()].flat();
  return segments(route.points, '').some(({ a, b }) => rects.some((rect) => meets(spanned(a, b), rect)));
}

/** The room in which a line between two boxes looks for its way. */
function between(from: Rect, to: Rect): Rect {
  const room = 160;
  const x = Math.min(from.x, to.x) - room;
  const y = Math.min(from.y, to.y) - room;
  return {
    x, y,
    width: Math.max(from.x + from.width, to.x + to.width) + room - x,
    height: Math.max(from.y + from.height, to.y + to.height) + room - y,
  };
}

const spanned = (a: Point, b: Point): Rect => ({
  x: Math.min(a[0], b[0]), y: Math.min(a[1], b[1]), width: Math.abs(a[0] - b[0]), height: Math.abs(a[1] - b[1]),
});

const meets = (a: Rect, b: Rect): boolean =>
  a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;

/** Put the words of the lines that run anew. */
function write(routes: Routes, fresh: Line[], lines: Line[], boxes: Box[], rects: Obstacle[]): void {
  const known = new Map(boxes.map((box) => [box.id, box]));
  const worded = (line: Line): Worded[] => {
    const route = routes.get(idOf(line));
    return route ? [{ id: idOf(line), points: route.points, words: wordOf(line, known.get(line.source)) }] : [];
  };
  const anew = new Set(fresh.map(idOf));
  const kept = lines.filter((line) => !anew.has(idOf(line)));
  const at = new Map(kept.flatMap(worded).map(({ id }) => [id, routes.get(id)!.label]));
  const whole = rects.map((rect) => ({ ...rect, height: rect.height + rect.below }));
  const places = placed(fresh.flatMap(worded), whole, [...routes.values()].map((route) => route.points), kept.flatMap(worded), at);
  for (const [id, label] of places) if (anew.has(id)) routes.get(id)!.label = label;
}

/** What is written on a line: its own word, else that of its outcome. */
export const wordOf = (line: Line, box: Box | undefined): string =>
  line.label || box?.outcomes.find(([key]) => key === line.outcome)?.[1] || '';

function best(line: Line, from: Obstacle, to: Obstacle, around: Obstacle[], used: Segment[], taken: Map<string, Set<number>>): Route {
  let found: Route | null = null;
  let least = Infinity;
  for (const leave of SIDES) {
    const shift = freeShift(taken.get(`${line.source} ${leave}`), from, to, leave);
    for (const enter of SIDES) {
      const words = (leave === 'bottom' ? from.below - from.hang : 0) + (enter === 'bottom' ? to.below - to.hang : 0);
      const base = LEAVE[leave] + ENTER[enter] + (shift ? 10 : 0) + words;
      if (base >= least) continue;
      const begin = port(from, leave, shift);
      const aside = straightening(begin, leave, port(to, enter, 0), enter);
      const end = port(enter === 'bottom' ? { ...to, height: to.height + to.hang } : to, enter, aside);
      for (const points of ways(begin, leave, end, enter, around)) {
        const cost = base + price(points, line, around, used, least - base);
        if (cost < least) {
          least = cost;
          found = { points, from: { side: leave, shift }, to: { side: enter, shift: aside }, label: [0, 0], words: '' };
        }
      }
    }
  }
  return found!;
}

/** Where on its side a line may leave: the middle, else the nearest free lane on the side towards the target. */
function freeShift(taken: Set<number> | undefined, from: Rect, to: Rect, side: Side): number {
  if (!taken) return 0;
  const upright = side === 'right' || side === 'left';
  const towards = upright ? to.y + to.height / 2 >= from.y + from.height / 2 : to.x + to.width / 2 >= from.x + from.width / 2;
  const room = (upright ? from.height : from.width) / 2 - 8;
  for (let lane = 0; lane * LANE <= room; lane += 1) {
    for (const sign of towards ? [1, -1] : [-1, 1]) if (!taken.has(sign * lane * LANE || 0)) return sign * lane * LANE || 0;
  }
  return 0;
}

/** How far beside the middle of its side a line arrives, if it is then straight. */
function straightening(begin: Point, leave: Side, end: Point, enter: Side): number {
  const across = leave === 'right' || leave === 'left' ? 1 : 0;
  const facing = OUT[leave][0] === -OUT[enter][0] && OUT[leave][1] === -OUT[enter][1];
  const aside = begin[across]! - end[across]!;
  return facing && Math.abs(aside) <= LANE ? aside : 0;
}

export function port({ x, y, width, height }: Rect, side: Side, shift: number): Point {
  if (side === 'right') return [x + width, y + height / 2 + shift];
  if (side === 'left') return [x, y + height / 2 + shift];
  return side === 'top' ? [x + width / 2 + shift, y] : [x + width / 2 + shift, y + height];
}

/** Ways in right angles from one port to another: straight, with one lane between, or around all that is near. */
function* ways(begin: Point, leave: Side, end: Point, enter: Side, around: Obstacle[]): Generator<Point[]> {
  const a: Point = [begin[0] + OUT[leave][0] * STUB, begin[1] + OUT[leave][1] * STUB];
  const b: Point = [end[0] + OUT[enter][0] * STUB, end[1] + OUT[enter][1] * STUB];
  const [left, right] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  const xs = new Set([(a[0] + b[0]) / 2, a[0], b[0], a[0] + LANE, a[0] - LANE, b[0] + LANE, b[0] - LANE]);
  const ys = new Set([(a[1] + b[1]) / 2, a[1], b[1], a[1] + LANE, a[1] - LANE, b[1] + LANE, b[1] - LANE]);
  for (const rect of around) {
    if (rect.x < right && rect.x + rect.width > left) {
      const [over, under] = [rect.y - LANE, rect.y + rect.height + rect.below + LANE];
      for (const lane of [0, LANE, 2 * LANE]) {
        if (under >= top - 160 && under <= bottom + 160) ys.add(under + lane);
        if (over >= top - 160 && over <= bottom + 160) ys.add(over - lane);
      }
    }
    if (rect.y < bottom && rect.y + rect.height > top) {
      for (const lane of [STUB, STUB + LANE]) {
        xs.add(rect.x + rect.width + lane);
        xs.add(rect.x - lane);
      }
    }
  }
  for (const x of xs) yield plain([begin, a, [x, a[1]], [x, b[1]], b, end]);
  for (const y of ys) yield plain([begin, a, [a[0], y], [b[0], y], b, end]);
}

/** Without points that lie on the way between two others. */
function plain(points: Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const [last, older] = [kept.at(-1), kept.at(-2)];
    if (last && last[0] === point[0] && last[1] === point[1]) continue;
    if (last && older) {
      const flat = older[1] === last[1] && last[1] === point[1] && Math.sign(last[0] - older[0]) === Math.sign(point[0] - last[0]);
      const steep = older[0] === last[0] && last[0] === point[0] && Math.sign(last[1] - older[1]) === Math.sign(point[1] - last[1]);
      if (flat || steep) kept.pop();
    }
    kept.push(point);
  }
  return kept;
}

const segments = (points: Point[], target: string): Segment[] => points.slice(1).map((b, index) => ({ a: points[index]!, b, target }));

/** What a way costs; stops counting once it is dearer than the best. */
function price(points: Point[], { source, target }: Line, around: Obstacle[], used: Segment[], most: number): number {
  let cost = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1]!, points[index]!];
    cost += Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + (index > 1 ? BEND : 0);
    const before = points[index - 2];
    if (before && turnsBack(before, a, b)) cost += THROUGH;
    if (cost > most) return cost;
    for (const rect of around) {
      // The first and the last stretch touch the edge of their own boxes; all else keeps a distance.
      const own = (index === 1 && rect.id === source) || (index === points.length - 1 && rect.id === target);
      if (crosses(a, b, rect, own ? -1 : 7)) cost += THROUGH;
      else if (!own && rect.below && crosses(a, b, { ...rect, y: rect.y + rect.height, height: rect.below }, 2)) cost += THROUGH_WORDS;
    }
    if (cost > most) return cost;
    for (const other of used) cost += nuisance(a, b, other, target);
  }
  return cost;
}

const turnsBack = (a: Point, b: Point, c: Point): boolean =>
  (a[0] === b[0] && b[0] === c[0] && (b[1] - a[1]) * (c[1] - b[1]) < 0) ||
  (a[1] === b[1] && b[1] === c[1] && (b[0] - a[0]) * (c[0] - b[0]) < 0);

function crosses(a: Point, b: Point, { x, y, width, height }: Rect, room: number): boolean {
  return (
    Math.max(a[0], b[0]) > x - room && Math.min(a[0], b[0]) < x + width + room &&
    Math.max(a[1], b[1]) > y - room && Math.min(a[1], b[1]) < y + height + room
  );
}

/** Running along another line is dear, crossing one costs a little; lines to the same box may become one. */
function nuisance(a: Point, b: Point, other: Segment, target: string): number {
  const upright = a[0] === b[0];
  const otherUpright = other.a[0] === other.b[0];
  const along: 0 | 1 = upright ? 1 : 0;
  const across: 0 | 1 = upright ? 0 : 1;
  const [low, high] = [Math.min(a[along], b[along]), Math.max(a[along], b[along])];
  if (upright === otherUpright) {
    if (Math.abs(a[across] - other.a[across]) >= 10 || other.target === target) return 0;
    const shared = Math.min(high, Math.max(other.a[along], other.b[along])) - Math.max(low, Math.min(other.a[along], other.b[along]));
    return shared > 0 ? 20 + shared * 4 : 0;
  }
  const [otherLow, otherHigh] = [Math.min(other.a[across], other.b[across]), Math.max(other.a[across], other.b[across])];
  const meets = other.a[along] > low && other.a[along] < high && a[across] > otherLow && a[across] < otherHigh;
  return meets ? 14 : 0;
}

/** The line with rounded corners, as the path of an SVG; it ends a little before the box, where its head begins. */
export function pathOf(points: Point[], radius = 8): string {
  const last = points.length - 1;
  let path = `M${points[0]![0]},${points[0]![1]}`;
  for (let index = 1; index < last; index += 1) {
    const [before, at, next] = [points[index - 1]!, points[index]!, points[index + 1]!];
    const r = Math.min(radius, distance(before, at) / 2, distance(at, next) / 2);
    const into = towards(at, before, r);
    const out = towards(at, next, r);
    path += `L${into[0]},${into[1]}Q${at[0]},${at[1]} ${out[0]},${out[1]}`;
  }
  const end = towards(points[last]!, points[last - 1]!, 6);
  return `${path}L${end[0]},${end[1]}`;
}

/** The head of the line: a small triangle that points at the box. */
export function headOf(points: Point[]): string {
  const end = points.at(-1)!;
  const base = towards(end, points.at(-2)!, 9);
  const [dx, dy] = [(end[0] - base[0]) / 9, (end[1] - base[1]) / 9];
  const tip = towards(end, points.at(-2)!, 1);
  return `M${tip[0]},${tip[1]}L${base[0] - dy * 4.5},${base[1] + dx * 4.5}L${base[0] + dy * 4.5},${base[1] - dx * 4.5}Z`;
}

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to) || 1;
  return [from[0] + ((to[0] - from[0]) * by) / whole, from[1] + ((to[1] - from[1]) * by) / whole];
}
