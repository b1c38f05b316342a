// The grid on which a dashboard is built: tiles are dragged, sized, added from the palette and taken away.
// Every message is the whole arrangement with a number, so that a later one holds all of an earlier one.
import 'gridstack/dist/gridstack.css';
import './grid.css';
import { GridStack, type GridItemHTMLElement, type GridStackNode } from 'gridstack';

export interface TileBox {
  id: string;
  kind: string;
  title: string;
  sub: string;
  problem: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Kind {
  kind: string;
  label: string;
  icon: string;
  w: number;
  h: number;
}

export interface GridData {
  session: string;
  taken: number;
  tiles: TileBox[];
  kinds: Kind[];
  selected: string | null;
}

export interface Component {
  parentElement: Element;
  data: GridData;
  setTriggerValue(name: 'change', value: unknown): void;
}

type Box = Pick<TileBox, 'id' | 'kind' | 'x' | 'y' | 'w' | 'h'>;

const COLUMNS = 12;
const desks = new WeakMap<Element, Desk>();
const STEPS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// gridstack tells of a dragged chip by events of its own that are named like the browser's: React would take them for
// those, look for what is dragged, and fall over with the whole page.
for (const name of ['dragstart', 'drag', 'dragstop']) {
  window.addEventListener(name, (event) => { if (event instanceof CustomEvent) event.stopImmediatePropagation(); }, true);
}

// Streamlit calls it when the component appears and whenever the page draws it again.
export function draw(component: Component): () => void {
  const place = component.parentElement.querySelector('.kontor-grid');
  if (!place) return () => undefined;
  const known = desks.get(place);
  if (known) known.receive(component);
  else desks.set(place, new Desk(place as HTMLElement, component));
  return () => {
    desks.get(place)?.end();
    desks.delete(place);
  };
}

class Desk {
  private readonly grid: GridStack;
  private readonly ground: HTMLElement;
  private readonly said: HTMLElement;
  private data: GridData;
  private trigger: Component['setTriggerValue'];
  private number: number;
  private selected: string | null;
  private busy = false;
  private loading = false;
  private waiting: GridData | null = null;

  constructor(place: HTMLElement, component: Component) {
    this.data = component.data;
    this.trigger = component.setTriggerValue;
    this.number = component.data.taken;
    this.selected = component.data.selected;
    const palette = node('div', 'kg-palette');
    palette.setAttribute('role', 'toolbar');
    palette.setAttribute('aria-label', 'Add a tile');
    palette.append(node('span', 'kg-add', 'Add'), ...this.data.kinds.map((kind) => this.chip(kind)));
    this.ground = node('div', 'grid-stack');
    this.said = node('p', 'kg-said');
    this.said.setAttribute('aria-live', 'polite');
    place.replaceChildren(palette, this.ground, this.said);
    const made = GridStack.init(
      { column: COLUMNS, cellHeight: 64, margin: 5, minRow: 3, acceptWidgets: '.kg-kind', animate: true,
        resizable: { handles: 'e,se,s' }, draggable: { handle: '.kg-tile', cancel: '.kg-remove' } },
      this.ground,
    );
    if (!made) throw new Error('The grid could not be made.');
    this.grid = made;
    GridStack.setupDragIn([...palette.querySelectorAll<HTMLElement>('.kg-kind')], { helper: 'clone', appendTo: '.kontor-grid' }); // Streamlit's page folds up beside anything new in the body
    this.grid.on('dragstart resizestart', () => { this.busy = true; });
    this.grid.on('dragstop resizestop', () => { this.busy = false; this.tell(); });
    this.grid.on('dropped', (_event: Event, _from: GridStackNode | undefined, to: GridStackNode | undefined) => this.dropped(to));
    this.load(this.data);
  }

  receive({ data, setTriggerValue }: Component): void {
    this.trigger = setTriggerValue;
    if (data.session !== this.data.session) this.number = data.taken;
    if (this.busy) this.waiting = data;
    else this.load(data);
  }

  end(): void {
    this.grid.destroy(false);
  }

  /** Show what the page drew, unless it has not heard the last change yet. */
  private load(data: GridData): void {
    this.data = data;
    if (data.taken < this.number) return;
    this.loading = true;
    this.selected = data.selected;
    this.grid.batchUpdate();
    const wanted = new Map(data.tiles.map((tile) => [tile.id, tile]));
    for (const each of this.grid.getGridItems()) {
      if (!wanted.has(each.gridstackNode?.id ?? '')) this.grid.removeWidget(each);
    }
    for (const tile of data.tiles) {
      const { x, y, w, h } = tile;
      const there = this.item(tile.id);
      if (there) this.grid.update(there, { x, y, w, h });
      else this.put(tile.id, x, y, w, h);
      this.fill(tile);
    }
    this.grid.batchUpdate(false);
    this.ground.classList.toggle('kg-empty', data.tiles.length === 0);
    this.loading = false;
  }

  private put(id: string, x: number | undefined, y: number | undefined, w: number, h: number): void {
    const auto = x === undefined || y === undefined;
    this.grid.addWidget({ id, x, y, w, h, minW: 2, maxH: 4, autoPosition: auto });
  }

  private item(id: string): GridItemHTMLElement | undefined {
    return this.grid.getGridItems().find((each) => each.gridstackNode?.id === id);
  }

  /** What stands in a tile: kind, title, what it asks, and what is wrong with it. */
  private fill(tile: TileBox): void {
    const content = this.item(tile.id)?.querySelector<HTMLElement>('.grid-stack-item-content');
    if (!content) return;
    const had = content.contains(document.activeElement);
    const kind = this.data.kinds.find((each) => each.kind === tile.kind);
    const box = node('div', 'kg-tile');
    box.tabIndex = 0;
    box.setAttribute('role', 'button');
    box.setAttribute('aria-pressed', String(tile.id === this.selected));
    box.setAttribute('aria-label', `${tile.title}, ${kind?.label ?? tile.kind}. Enter opens it, arrows move it, with Shift they size it, Delete takes it away.`);
    box.classList.toggle('kg-chosen', tile.id === this.selected);
    const head = node('span', 'kg-head');
    head.append(icon(kind?.icon ?? 'widgets'), node('span', 'kg-title', tile.title));
    box.append(head, node('span', 'kg-sub', tile.problem || tile.sub));
    box.classList.toggle('kg-wrong', Boolean(tile.problem));
    box.onclick = () => this.choose(tile.id);
    box.onkeydown = (event) => this.key(event, tile.id);
    const remove = node('button', 'kg-remove');
    remove.append(icon('close'));
    remove.setAttribute('aria-label', `Take ${tile.title} away`);
    remove.onclick = (event) => { event.stopPropagation(); this.remove(tile.id); };
    content.replaceChildren(box, remove);
    if (had) box.focus();
  }

  private chip(kind: Kind): HTMLElement {
    const chip = node('div', 'kg-kind'); // gridstack drags no button
    chip.setAttribute('role', 'button');
    chip.tabIndex = 0;
    chip.dataset.kind = kind.kind;
    chip.setAttribute('gs-w', String(kind.w));
    chip.setAttribute('gs-h', String(kind.h));
    chip.append(icon(kind.icon), node('span', '', kind.label));
    chip.onclick = () => this.add(kind, undefined, undefined);
    chip.onkeydown = (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      this.add(kind, undefined, undefined);
    };
    return chip;
  }

  private add(kind: Kind, x: number | undefined, y: number | undefined): void {
    const id = `t-${crypto.randomUUID().slice(0, 8)}`;
    this.put(id, x, y, kind.w, kind.h);
    this.data = { ...this.data, tiles: [...this.data.tiles, { id, kind: kind.kind, title: kind.label, sub: '', problem: '', x: 0, y: 0, w: kind.w, h: kind.h }] };
    this.selected = id;
    this.fill(this.data.tiles.at(-1)!);
    this.ground.classList.remove('kg-empty');
    this.tell();
  }

  private dropped(to: GridStackNode | undefined): void {
    const kind = this.data.kinds.find((each) => each.kind === to?.el?.dataset.kind);
    if (!to?.el) return;
    const { x, y } = to;
    this.grid.removeWidget(to.el);
    this.busy = false;
    if (kind) this.add(kind, x, y);
  }

  private choose(id: string): void {
    if (this.selected === id && this.data.selected === id) return;
    this.selected = id;
    for (const each of this.ground.querySelectorAll('.kg-tile')) each.classList.remove('kg-chosen');
    this.item(id)?.querySelector('.kg-tile')?.classList.add('kg-chosen');
    this.tell();
  }

  private remove(id: string): void {
    const there = this.item(id);
    if (!there) return;
    this.grid.removeWidget(there);
    if (this.selected === id) this.selected = null;
    this.tell();
  }

  private key(event: KeyboardEvent, id: string): void {
    if (event.key === 'Enter' || event.key === ' ') this.choose(id);
    else if (event.key === 'Delete' || event.key === 'Backspace') this.remove(id);
    else if (STEPS[event.key]) this.step(id, STEPS[event.key]!, event.shiftKey);
    else return;
    event.preventDefault();
  }

  private step(id: string, [right, down]: [number, number], sizes: boolean): void {
    const there = this.item(id);
    const at = there?.gridstackNode;
    if (!there || !at) return;
    const { x = 0, y = 0, w = 1, h = 1 } = at;
    if (sizes) this.grid.update(there, { w: within(w + right, 2, COLUMNS - x), h: within(h + down, 1, 4) });
    else this.grid.update(there, { x: within(x + right, 0, COLUMNS - w), y: Math.max(0, y + down) });
    const now = there.gridstackNode!;
    this.said.textContent = `Column ${(now.x ?? 0) + 1}, row ${(now.y ?? 0) + 1}, ${now.w} wide, ${now.h} high`;
    this.tell();
  }

  private tell(): void {
    if (this.loading) return;
    const kinds = new Map(this.data.tiles.map((tile) => [tile.id, tile.kind]));
    const tiles: Box[] = this.grid.getGridItems().flatMap(({ gridstackNode: at }) => {
      const kind = at?.id === undefined ? undefined : kinds.get(at.id);
      return at?.id === undefined || !kind ? [] : [{ id: at.id, kind, x: at.x ?? 0, y: at.y ?? 0, w: at.w ?? 1, h: at.h ?? 1 }];
    });
    this.number += 1;
    this.trigger('change', { session: this.data.session, number: this.number, tiles, selected: this.selected });
    if (this.waiting) {
      const waiting = this.waiting;
      this.waiting = null;
      this.load(waiting);
    }
  }
}

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

function node(tag: string, name: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

function icon(name: string): HTMLElement {
  const made = node('span', 'kg-icon', name);
  made.setAttribute('aria-hidden', 'true');
  return made;
}
