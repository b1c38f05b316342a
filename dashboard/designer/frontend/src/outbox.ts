// Changes that the page has not answered yet, and what the drawing looks like with them.
import { idOf, sameWay, wayOf, type Box, type Change, type Data, type Drawing, type Line, type Way } from './types';

/** A change with its number; `sent` tells when. The same number is never applied twice by the page. */
export interface Pending {
  number: number;
  change: Change;
  sent: number | null;
}

/** The id of a box that the page has not named yet. */
export const unnamed = (number: number): string => `new:${number}`;

/** Put a change behind the others; moves and selections that have not left yet become one. */
export function put(outbox: Pending[], change: Change, number: number): Pending[] {
  const last = outbox.at(-1);
  if (last && last.sent === null && last.change.type === change.type) {
    if (last.change.type === 'moved' && change.type === 'moved') {
      const positions = { ...last.change.positions, ...change.positions };
      return [...outbox.slice(0, -1), { ...last, change: { type: 'moved', positions } }];
    }
    if (change.type === 'selected') return [...outbox.slice(0, -1), { ...last, change }];
  }
  return [...outbox, { number, change, sent: null }];
}

/** What is left once the page has answered; boxes that it named meanwhile are called so. */
export function answered(outbox: Pending[], before: Drawing, data: Data): [Pending[], Map<string, string>] {
  const names = new Map<string, string>();
  const known = new Set(before.boxes.map((box) => box.id));
  for (const { number, change } of outbox) {
    if (number > data.taken || change.type !== 'added') continue;
    const named = data.drawing.boxes.find((box) => box.kind === change.kind && !known.has(box.id));
    if (named) {
      names.set(unnamed(number), named.id);
      known.add(named.id);
    }
  }
  const left = outbox.filter(({ number }) => number > data.taken).map((each) => ({ ...each, change: renamed(each.change, names) }));
  // What was meant for a box that the page did not add is void.
  const open = new Set(left.filter(({ change }) => change.type === 'added').map(({ number }) => unnamed(number)));
  const isKnown = (id: string): boolean => !id.startsWith('new:') || open.has(id);
  return [left.filter(({ change }) => mentioned(change).every(isKnown)), names];
}

function mentioned(change: Change): string[] {
  const ends = (way: Way): string[] => [way.source, way.target];
  switch (change.type) {
    case 'moved':
      return Object.keys(change.positions);
    case 'connected':
      return ends(change);
    case 'reconnected':
      return [...ends(change.before), ...ends(change.after)];
    case 'removed':
      return [...change.boxes, ...change.lines.flatMap(ends)];
    case 'added':
      return change.after ? [change.after[0]] : [];
    case 'selected':
      return [...(change.box ? [change.box] : []), ...(change.line ? ends(change.line) : [])];
    default:
      return [];
  }
}

function renamed(change: Change, names: Map<string, string>): Change {
  const name = (id: string): string => names.get(id) ?? id;
  const way = ({ source, outcome, target }: Way): Way => ({ source: name(source), outcome, target: name(target) });
  switch (change.type) {
    case 'moved':
      return { ...change, positions: Object.fromEntries(Object.entries(change.positions).map(([id, at]) => [name(id), at])) };
    case 'connected':
      return { ...change, ...way(change) };
    case 'reconnected':
      return { ...change, before: way(change.before), after: way(change.after) };
    case 'removed':
      return { ...change, boxes: change.boxes.map(name), lines: change.lines.map(way) };
    case 'added':
      return { ...change, after: change.after && [name(change.after[0]), change.after[1]] };
    case 'selected':
      return { ...change, box: change.box && name(change.box), line: change.line && way(change.line) };
    default:
      return change;
  }
}

/** The drawing as it will be when the page agrees with everything. */
export function hoped(drawing: Drawing, outbox: Pending[]): Drawing {
  return outbox.reduce((seen, { change, number }) => after(seen, change, number), drawing);
}

function after(drawing: Drawing, change: Change, number: number): Drawing {
  const { boxes, lines } = drawing;
  switch (change.type) {
    case 'moved':
      return { lines, boxes: boxes.map((box) => moved(box, change.positions[box.id])) };
    case 'connected':
      return { boxes, lines: [...replaced(drawing, change), asLine(change)] };
    case 'reconnected': {
      const kept = lines.filter((line) => !sameWay(line, change.before));
      const old = lines.find((line) => sameWay(line, change.before));
      return { boxes, lines: [...replaced({ boxes, lines: kept }, change.after), { ...asLine(change.after), tone: old?.tone ?? '' }] };
    }
    case 'removed': {
      const gone = new Set(change.boxes);
      const cut = new Set(change.lines.map(idOf));
      return {
        boxes: boxes.filter((box) => !gone.has(box.id)),
        lines: lines.filter((line) => !gone.has(line.source) && !gone.has(line.target) && !cut.has(idOf(line))),
      };
    }
    case 'added':
      return added(drawing, change, unnamed(number));
    default:
      return drawing;
  }
}

const asLine = (way: Way): Line => ({ ...wayOf(way), label: '', tone: '' });
const moved = (box: Box, at?: [number, number]): Box => (at ? { ...box, x: at[0], y: at[1] } : box);

/** The lines without that of an outcome which is to lead elsewhere; a parallel split leads to several boxes. */
function replaced({ boxes, lines }: Drawing, way: Way): Line[] {
  const several = boxes.find((box) => box.id === way.source)?.kind === 'parallel';
  return lines.filter(
    (line) => line.source !== way.source || line.outcome !== way.outcome || (several && line.target !== way.target),
  );
}

function added(drawing: Drawing, change: Extract<Change, { type: 'added' }>, id: string): Drawing {
  const { kind, x, y, after: from } = change;
  const box: Box = {
    id, kind, x, y, title: '', lines: [], outcomes: [], problems: [], warnings: [], live: null, start: false,
  };
  if (!from) return { boxes: [...drawing.boxes, box], lines: drawing.lines };
  const way = { source: from[0], outcome: from[1], target: id };
  const before = drawing.lines.find((line) => line.source === way.source && line.outcome === way.outcome);
  const lines = [...replaced(drawing, way), asLine(way)];
  // Where the outcome led before, the new box leads then; an end leads nowhere.
  if (before && kind !== 'end') lines.push(asLine({ source: id, outcome: '', target: before.target }));
  return { boxes: [...drawing.boxes, box], lines };
}
