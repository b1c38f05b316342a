// Where the word of a line stands: on the line, near where it begins, apart from boxes, other lines and other words.
import type { Rect } from './places';
import type { Point } from './types';

export interface Worded {
  id: string;
  points: Point[];
  words: string;
}

const HIGH = 14;
const STEP = 12;
/** Pixels of a letter at 11 px, a little more than it takes on average. */
const LETTER = 6;

/** A place for the word of every line, in the order in which the lines come. `kept` are words that stay. */
export function placed(lines: Worded[], boxes: Rect[], others: Point[][], kept: Worded[], at: Map<string, Point>): Map<string, Point> {
  const found = new Map(at);
  const taken = kept.filter((line) => line.words && at.has(line.id)).map((line) => rectAt(at.get(line.id)!, line.words));
  for (const line of lines) {
    if (!line.words) continue;
    const around = grown(extent(line.points), 40);
    const near = boxes.filter((box) => overlap(box, around));
    const words = taken.filter((rect) => overlap(rect, around));
    const strokes = others.filter((points) => points !== line.points).flatMap(strokesOf).filter((rect) => overlap(rect, around));
    const place = best(line, near, words, strokes);
    found.set(line.id, place);
    taken.push(rectAt(place, line.words));
  }
  return found;
}

function best({ points, words }: Worded, boxes: Rect[], taken: Rect[], strokes: Rect[]): Point {
  let found: Point = points[0]!;
  let least = Infinity;
  let gone = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1]!, points[index]!];
    const long = Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
    const level = a[1] === b[1];
    const room = level ? (words.length * LETTER) / 2 + 8 : HIGH + 4;
    // A stretch with hardly more room than the word takes gets it in its middle.
    const short = long < 2 * room + 32;
    const from = short ? long / 2 : room;
    const to = short ? long / 2 : long - room - (index === points.length - 1 ? 8 : 0);
    for (let along = from; along <= to; along += STEP) {
      const t = along / (long || 1);
      const place: Point = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
      const rect = rectAt(place, words);
      const tight = long < 2 * room ? 20 : 0;
      let cost = (gone + along) * 0.2 + tight + (level ? 0 : 6);
      for (const box of boxes) if (overlap(box, rect)) cost += 150;
      for (const other of taken) if (overlap(other, rect)) cost += 250;
      for (const stroke of strokes) if (overlap(stroke, rect)) cost += 40;
      if (cost < least) [least, found] = [cost, place];
    }
    gone += long;
  }
  return found;
}

function rectAt([x, y]: Point, words: string): Rect {
  const width = words.length * LETTER + 6;
  return { x: x - width / 2, y: y - HIGH / 2, width, height: HIGH };
}

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const strokesOf = (points: Point[]): Rect[] =>
  points.slice(1).map((b, index) => extent([points[index]!, b]));

function extent(points: Point[]): Rect {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

const grown = ({ x, y, width, height }: Rect, by: number): Rect => ({ x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by });
