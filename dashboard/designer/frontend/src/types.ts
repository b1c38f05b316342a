// What Python sends (drawing.py, canvas.py) and what goes back to it (changes.py).

export interface Live {
  cases: number;
  median: string;
  p90: string;
  rejected: string;
  bottleneck: boolean;
}

export interface Box {
  id: string;
  kind: string;
  title: string;
  lines: string[];
  x: number | null;
  y: number | null;
  outcomes: [key: string, label: string][];
  problems: string[];
  warnings: string[];
  live: Live | null;
  start: boolean;
}

export interface Way {
  source: string;
  outcome: string;
  target: string;
}

export interface Line extends Way {
  label: string;
  tone: string;
}

export interface Drawing {
  boxes: Box[];
  lines: Line[];
}

export interface Addable {
  kind: string;
  label: string;
  icon: string;
}

export interface Data {
  style: string;
  key: string;
  session: string;
  taken: number;
  revision: number;
  drawing: Drawing;
  selected: string | null;
  editable: boolean;
  canUndo: boolean;
  canRedo: boolean;
  height: number;
  palette: Addable[];
}

/** What Streamlit hands to a component. */
export interface Component {
  data: Data;
  parentElement: HTMLElement;
  setTriggerValue: (name: string, value: unknown) => void;
}

export type Point = [x: number, y: number];

export type Change =
  | { type: 'moved'; positions: Record<string, Point> }
  | ({ type: 'connected' } & Way)
  | { type: 'reconnected'; before: Way; after: Way }
  | { type: 'removed'; boxes: string[]; lines: Way[] }
  | { type: 'added'; kind: string; x: number; y: number; after: [string, string] | null }
  | { type: 'selected'; box: string | null; line: Way | null }
  | { type: 'undo' }
  | { type: 'redo' };

export const wayOf = ({ source, outcome, target }: Way): Way => ({ source, outcome, target });
export const idOf = ({ source, outcome, target }: Way): string => `${source}[${outcome}]>${target}`;
export const sameWay = (a: Way, b: Way): boolean =>
  a.source === b.source && a.outcome === b.outcome && a.target === b.target;

/** Problems or warnings of a box, each by its word: colour alone says nothing to some. */
export const said = (word: 'Problem' | 'Warning', texts: readonly string[]): string[] =>
  texts.map((text) => `${word}: ${text}`);
