// All that the browser knows of one canvas: what the page drew, what was changed since, what is being dragged.
// It outlives the component, which Streamlit may take down and put up again.
import type { Viewport } from '@xyflow/react';
import { answered, hoped, put, unnamed, type Pending } from './outbox';
import { placesOf, type Places } from './places';
import { idOf, sameWay, type Change, type Component, type Data, type Drawing, type Point, type Way } from './types';

/** A message that may have been lost is sent again after this long, with its old number. */
const AGAIN = 8_000;

export interface Seen {
  data: Data;
  drawing: Drawing;
  places: Places;
  boxes: ReadonlySet<string>;
  lines: ReadonlySet<string>;
  /** What the page chose last, to be brought into view. */
  reveal: string | null;
  /** Counts the workflows that were shown: each is first seen as a whole. */
  opened: number;
}

export class Desk {
  viewport: Viewport | null = null;
  private outbox: Pending[] = [];
  private number = 0;
  private dragged: Places = new Map();
  private found: Places = new Map();
  private reveal: string | null = null;
  private opened = 0;
  private busy = false;
  private waiting: Data | null = null;
  private timer: number | undefined;
  private boxes: ReadonlySet<string> = new Set();
  private lines: ReadonlySet<string> = new Set();
  private seen: Seen | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    private data: Data,
    private trigger: Component['setTriggerValue'],
  ) {
    this.select(data.selected);
  }

  /** What the page drew now. While something is dragged it waits: nobody's hand is moved. */
  receive({ data, setTriggerValue }: Component): void {
    this.trigger = setTriggerValue;
    if (this.busy) this.waiting = data;
    else this.accept(data);
  }

  private accept(data: Data): void {
    const before = this.data;
    if (data.session !== before.session) this.outbox = this.outbox.filter((each) => each.sent === null);
    const [left, names] = answered(this.outbox, before.drawing, data);
    this.outbox = left;
    this.data = data;
    for (const [old, name] of names) {
      if (this.boxes.has(old)) this.boxes = new Set([...this.boxes].map((id) => (id === old ? name : id)));
      if (this.found.has(old)) this.found.set(name, this.found.get(old)!);
    }
    if (isOther(before.drawing, data.drawing)) this.forget();
    const asked = this.outbox.some(({ change }) => change.type === 'selected');
    // A page that keeps only boxes in mind does not take the line out of somebody's hand.
    const lineOnly = data.selected === null && !this.boxes.size && this.lines.size > 0;
    if (!asked && !lineOnly && data.selected !== before.selected && data.selected !== this.selected()) {
      this.select(data.selected);
      this.reveal = data.selected;
    }
    this.number = Math.max(this.number, data.taken);
    this.send();
    this.changed();
  }

  /** Another workflow under the same key: nothing that was found for the old one holds. */
  private forget(): void {
    this.viewport = null;
    this.found = new Map();
    this.opened += 1;
    this.select(this.data.selected);
  }

  /** Do something: seen at once, told to the page in its turn. */
  put(change: Change): void {
    if (!this.data.editable && change.type !== 'selected') return;
    if (change.type === 'added') this.settle();
    this.number = Math.max(this.number, this.data.taken) + 1;
    this.outbox = put(this.outbox, change, this.number);
    this.send();
    this.changed();
  }

  /** What is seen where the canvas put it stays there, before another box joins. */
  private settle(): void {
    const positions = this.displaced();
    if (Object.keys(positions).length) this.put({ type: 'moved', positions });
  }

  /** The id that a box added last has until the page names it. */
  added(): string {
    return unnamed(this.number);
  }

  private send(): void {
    const first = this.outbox[0];
    if (!first) {
      window.clearTimeout(this.timer);
      return;
    }
    if (first.sent !== null && Date.now() - first.sent < AGAIN) return;
    first.sent = Date.now();
    this.trigger('change', { number: first.number, ...first.change });
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.send(), AGAIN + 50);
  }

  /** Somebody begins to drag: what the page draws meanwhile is put aside. */
  hold(): void {
    this.busy = true;
  }

  isHeld(): boolean {
    return this.busy;
  }

  release(): void {
    this.busy = false;
    const data = this.waiting;
    this.waiting = null;
    if (data) this.accept(data);
  }

  /** Boxes under the hand or pushed by keys, not told yet. */
  drag(places: Iterable<[string, Point]>): void {
    this.dragged = new Map([...this.dragged, ...places]);
    this.changed();
  }

  /** Tell where the boxes stand now. */
  drop(): void {
    if (!this.dragged.size) return;
    const positions = this.displaced();
    const really = Object.keys(positions).some((id) => this.dragged.has(id));
    this.dragged = new Map();
    if (really) this.put({ type: 'moved', positions });
    else this.changed();
  }

  /** Boxes that are seen elsewhere than the page has them, or that it has no place for: told together, they stay. */
  private displaced(): Record<string, Point> {
    const { drawing, places } = this.look();
    const elsewhere = drawing.boxes.filter((box) => {
      const [x, y] = places.get(box.id)!;
      return box.x !== x || box.y !== y;
    });
    return Object.fromEntries(elsewhere.map((box) => [box.id, places.get(box.id)!]));
  }

  /** Choose boxes and lines; the page hears of one alone, or of none. */
  choose(boxes: Iterable<string>, lines: Iterable<string>): void {
    const before = this.selected();
    this.boxes = new Set(boxes);
    this.lines = new Set(lines);
    if (this.selected() === before) {
      this.changed();
      return;
    }
    const [box = null] = this.boxes;
    const way = this.look().drawing.lines.find((each) => this.lines.has(idOf(each)));
    const one = this.boxes.size + this.lines.size === 1;
    this.put({
      type: 'selected',
      box: one ? box : null,
      line: one && way ? { source: way.source, outcome: way.outcome, target: way.target } : null,
    });
  }

  private selected(): string | null {
    const all = [...this.boxes, ...this.lines];
    return all.length === 1 ? all[0]! : null;
  }

  private select(id: string | null): void {
    const isLine = this.data.drawing.lines.some((line) => idOf(line) === id);
    this.boxes = new Set(id !== null && !isLine ? [id] : []);
    this.lines = new Set(id !== null && isLine ? [id] : []);
  }

  /** Whether there is such a line already. */
  has(way: Way): boolean {
    return this.look().drawing.lines.some((line) => sameWay(line, way));
  }

  look = (): Seen => {
    if (this.seen) return this.seen;
    const drawing = hoped(this.data.drawing, this.outbox);
    const stay = placesOf(drawing, this.found);
    this.found = new Map(stay);
    const places = new Map(stay);
    for (const [id, at] of this.dragged) if (places.has(id)) places.set(id, at);
    const { data, boxes, lines, reveal, opened } = this;
    this.seen = { data, drawing, places, boxes, lines, reveal, opened };
    return this.seen;
  };

  watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private changed(): void {
    this.seen = null;
    for (const listener of this.listeners) listener();
  }
}

/** Whether two drawings share no box: the page went to another workflow. */
function isOther(before: Drawing, now: Drawing): boolean {
  const known = new Set(before.boxes.map((box) => box.id));
  return before.boxes.length > 0 && now.boxes.length > 0 && !now.boxes.some((box) => known.has(box.id));
}

const desks = new Map<string, Desk>();

/** The desk of a canvas, by its key on the page; another session of the same page begins anew. */
export function deskOf(component: Component): Desk {
  const { data, setTriggerValue } = component;
  let desk = desks.get(data.key);
  if (!desk) {
    desk = new Desk(data, setTriggerValue);
    desks.set(data.key, desk);
  } else desk.receive(component);
  return desk;
}
