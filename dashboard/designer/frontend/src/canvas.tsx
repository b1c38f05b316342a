// The canvas: palette, boxes, lines, tools; what a hand or a key does becomes a change of the desk.
import {
  Background, BackgroundVariant, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow,
  type Connection, type EdgeChange, type FinalConnectionState, type NodeChange,
} from '@xyflow/react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { BoxView, StartView, outcomeOf } from './box';
import { Connect } from './connect';
import type { Desk } from './desk';
import { LineView } from './line';
import { Palette } from './palette';
import { GRID, HEIGHT, ROUND, WIDTH, freePlace, sizeOf, snap, tidied } from './places';
import { SLOWLY, Tools } from './tools';
import { idOf, wayOf, type Box, type Way } from './types';
import { START, beginning, isAt, lineNear, usePicture, type Shown } from './picture';

const TYPES = { box: BoxView, start: StartView };
const LINES = { line: LineView };
/** Arrow keys that follow each other are one move. */
const PAUSE = 300;
const FIT = { padding: 0.12, maxZoom: 1, minZoom: 0.25 };
const READING = {
  'node.a11yDescription.default': 'Press Enter to select.',
  'node.a11yDescription.keyboardDisabled':
    'Press Enter to select, arrow keys to move, C to connect, Delete to remove, Escape to leave.',
  'minimap.ariaLabel': 'Overview of the workflow',
};

export function Canvas({ desk }: { desk: Desk }) {
  return (
    <ReactFlowProvider>
      <Sheet desk={desk} />
    </ReactFlowProvider>
  );
}

function Sheet({ desk }: { desk: Desk }) {
  const seen = useSyncExternalStore(desk.watch, desk.look);
  const { data, drawing, places } = seen;
  const { editable, palette } = data;
  const flow = useReactFlow();
  const ground = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<[number, number] | null>(null);
  const [connecting, setConnecting] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const picture = usePicture(seen);
  const words = useCallback(
    (box: Box) => box.title || `New ${palette.find((item) => item.kind === box.kind)?.label.toLowerCase() ?? box.kind}`,
    [palette],
  );

  useLayoutEffect(() => {
    const { clientWidth, clientHeight } = ground.current!;
    setSize([clientWidth, clientHeight]);
  }, []);
  useEffect(() => {
    const id = seen.reveal;
    const [at, box] = [id === null ? undefined : places.get(id), drawing.boxes.find((each) => each.id === id)];
    if (!at || !box || !ground.current || isAt(flow.getViewport(), ground.current, at)) return;
    const [width, height] = sizeOf(box);
    void flow.setCenter(at[0] + width / 2, at[1] + height / 2, { zoom: flow.getZoom(), ...SLOWLY });
  }, [seen.reveal]);

  const shown = useRef(seen.opened);
  useEffect(() => {
    if (shown.current !== seen.opened && size) void flow.setViewport(beginning(picture, size));
    shown.current = seen.opened;
  }, [seen.opened]);

  const choosing = useChoosing(desk);
  const timer = useRef(0);
  const onNodesChange = (changes: NodeChange<Shown>[]) => {
    const moved: [string, [number, number]][] = [];
    for (const change of changes) {
      if (change.type === 'position' && change.position && change.id !== START) {
        moved.push([change.id, [change.position.x, change.position.y]]);
      } else if (change.type === 'select') choosing.box(change.id, change.selected);
    }
    if (!moved.length) return;
    desk.drag(moved);
    if (desk.isHeld()) return;
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => desk.drop(), PAUSE);
  };
  const onEdgesChange = (changes: EdgeChange[]) => {
    for (const change of changes) if (change.type === 'select') choosing.line(change.id, change.selected);
  };

  const connect = (way: Way) => {
    if (way.source === way.target || way.target === START || desk.has(way)) return;
    desk.put({ type: 'connected', ...way });
    setSaid('Connected.');
  };
  const cut = (way: Way) => {
    desk.put({ type: 'removed', boxes: [], lines: [wayOf(way)] });
    setSaid('Line removed.');
  };
  /** A line that is let go over a box need not hit one of its handles. */
  const under = (event: MouseEvent | TouchEvent): string | null => {
    const { clientX, clientY } = 'changedTouches' in event ? event.changedTouches[0]! : event;
    const node = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('.react-flow__node');
    return node?.dataset.id ?? null;
  };
  // React Flow tells of a line that is put elsewhere as of a new one, too.
  const reconnecting = useRef(false);
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const target = state.isValid || reconnecting.current ? null : under(event);
    if (target && state.fromNode) connect({ source: state.fromNode.id, outcome: outcomeOf(state.fromHandle?.id), target });
    desk.release();
  };
  const reconnect = (id: string, target: string | null) => {
    const before = drawing.lines.find((line) => idOf(line) === id);
    if (!before || !target || target === before.target || target === before.source || target === START) return;
    const after = { ...wayOf(before), target };
    if (!desk.has(after)) desk.put({ type: 'reconnected', before: wayOf(before), after });
  };

  const remove = () => {
    const boxes = drawing.boxes.filter((box) => seen.boxes.has(box.id)).map((box) => box.id);
    const gone = new Set(boxes);
    const lines = drawing.lines
      .filter((line) => seen.lines.has(idOf(line)) && !gone.has(line.source) && !gone.has(line.target))
      .map(wayOf);
    if (!boxes.length && !lines.length) return;
    ground.current?.focus();
    desk.put({ type: 'removed', boxes, lines });
    desk.choose([], []);
    setSaid(boxes.length ? 'Removed.' : 'Line removed.');
  };
  const tidy = () => {
    const { clientWidth, clientHeight } = ground.current!;
    const positions = Object.fromEntries(tidied(drawing, [clientWidth - 64, clientHeight - 96]));
    desk.put({ type: 'moved', positions });
    setSaid('Everything is arranged.');
    window.setTimeout(() => void flow.fitView({ ...FIT, ...SLOWLY }), 60);
  };

  const put = (kind: string, [x, y]: [number, number], after: [string, string] | null) => {
    desk.put({ type: 'added', kind, x, y, after });
    const id = desk.added();
    desk.choose([id], []);
    setSaid(`${palette.find((item) => item.kind === kind)?.label ?? kind} added.`);
    if (ground.current && !isAt(flow.getViewport(), ground.current, [x, y])) {
      void flow.setCenter(x + WIDTH / 2, y + HEIGHT / 2, { zoom: flow.getZoom(), ...SLOWLY });
    }
  };
  const add = (kind: string) => {
    const line = seen.lines.size === 1 && !seen.boxes.size ? drawing.lines.find((each) => seen.lines.has(idOf(each))) : undefined;
    const box = seen.boxes.size === 1 && !seen.lines.size ? drawing.boxes.find((each) => seen.boxes.has(each.id)) : undefined;
    const size: [number, number] = kind === 'end' ? [ROUND, ROUND] : [WIDTH, HEIGHT];
    const after = line ? ([line.source, line.outcome] as [string, string]) : box ? wayOn(box, drawing.lines) : null;
    put(kind, freePlace(drawing, places, line?.source ?? box?.id ?? null, size), after);
  };
  const dropped = (kind: string, clientX: number, clientY: number) => {
    const area = ground.current!.getBoundingClientRect();
    if (clientX < area.left || clientX > area.right || clientY < area.top || clientY > area.bottom) return;
    const { x, y } = flow.screenToFlowPosition({ x: clientX, y: clientY }, { snapToGrid: false });
    const [width, height] = kind === 'end' ? [ROUND, ROUND] : [WIDTH, HEIGHT];
    const line = lineNear(picture.routes, [x, y]);
    const way = line && drawing.lines.find((each) => idOf(each) === line);
    put(kind, [snap(x - width / 2), snap(y - height / 2)], way ? [way.source, way.outcome] : null);
  };

  const keys = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const target = event.target as HTMLElement;
    if (target.closest('input, select, textarea')) return;
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const focused = target.closest<HTMLElement>('.react-flow__node')?.dataset.id ?? [...seen.boxes][0];
    if (control && (key === 'z' || key === 'y')) {
      if (editable) desk.put({ type: key === 'y' || event.shiftKey ? 'redo' : 'undo' });
    } else if (key === 'delete' || key === 'backspace') {
      if (editable) remove();
    } else if (key === 'c' && !control && !event.altKey && focused && focused !== START) {
      if (editable) setConnecting(focused);
    } else return;
    // The page has keys of its own, and Streamlit has a `c`.
    event.preventDefault();
    event.stopPropagation();
  };

  const chosen = connecting === null ? undefined : drawing.boxes.find((box) => box.id === connecting);
  const close = () => {
    setConnecting(null);
    ground.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(connecting ?? '')}"]`)?.focus();
  };
  return (
    <div className={`kc-sheet${editable ? '' : ' kc-readonly'}`} data-revision={data.revision} style={{ height: data.height }} onKeyDown={keys}>
      {editable && <Palette palette={palette} onAdd={add} onDrop={dropped} />}
      <div
        className="kc-ground" ref={ground} tabIndex={-1} role="group" aria-label="Workflow"
        onPointerDown={() => {
          if (!ground.current?.contains(document.activeElement)) ground.current?.focus({ preventScroll: true });
        }}
      >
        {size && (
          <ReactFlow
            nodes={picture.nodes} edges={picture.edges} nodeTypes={TYPES} edgeTypes={LINES}
            defaultViewport={desk.viewport ?? beginning(picture, size)}
            onMove={(_, viewport) => { desk.viewport = viewport; }}
            onNodesChange={onNodesChange} onEdgesChange={onEdgesChange}
            onNodeDragStart={() => desk.hold()}
            onNodeDragStop={() => { desk.drop(); desk.release(); }}
            onSelectionDragStart={() => desk.hold()}
            onSelectionDragStop={() => { desk.drop(); desk.release(); }}
            onConnectStart={() => desk.hold()}
            onConnect={({ source, sourceHandle, target }: Connection) => connect({ source, outcome: outcomeOf(sourceHandle), target })}
            onConnectEnd={onConnectEnd}
            onReconnectStart={() => { reconnecting.current = true; desk.hold(); }}
            onReconnect={(edge, { target }) => reconnect(edge.id, target)}
            onReconnectEnd={(event, edge, _, state) => {
              if (!state.isValid) reconnect(edge.id, under(event));
              window.setTimeout(() => { reconnecting.current = false; });
              desk.release();
            }}
            isValidConnection={({ source, target }) => source !== target && target !== START}
            nodesDraggable={editable} nodesConnectable={editable} edgesFocusable={false} edgesReconnectable={editable}
            elementsSelectable connectOnClick={false} connectionRadius={28} reconnectRadius={12} nodeDragThreshold={4}
            snapToGrid snapGrid={[GRID, GRID]} minZoom={0.15} maxZoom={2}
            zoomOnScroll={false} preventScrolling={false} zoomOnDoubleClick={false}
            deleteKeyCode={null} panActivationKeyCode={null} multiSelectionKeyCode={['Control', 'Meta']}
            proOptions={{ hideAttribution: true }} ariaLabelConfig={READING}
          >
            <Background variant={BackgroundVariant.Dots} gap={2 * GRID} size={1.4} />
            <Tools
              editable={editable} canUndo={data.canUndo} canRedo={data.canRedo}
              onFit={() => void flow.fitView({ ...FIT, ...SLOWLY })} onTidy={tidy}
              onUndo={() => desk.put({ type: 'undo' })} onRedo={() => desk.put({ type: 'redo' })}
            />
            <MiniMap
              pannable nodeBorderRadius={12} className="kc-map"
              nodeColor={(node) => (node.className?.includes('kc-hot-node') ? 'var(--orange-fill)' : 'var(--gray-fill)')}
            />
          </ReactFlow>
        )}
        {chosen && (
          <Connect
            key={chosen.id} box={chosen} drawing={drawing} words={words} onClose={close}
            onConnect={(outcome, target) => connect({ source: chosen.id, outcome, target })}
            onCut={(outcome) => {
              const line = drawing.lines.find((each) => each.source === chosen.id && each.outcome === outcome);
              if (line) cut(line);
            }}
          />
        )}
        {!drawing.boxes.length && (
          <p className="kc-empty">{editable ? 'Nothing here yet. Drag a form onto the canvas: it is where cases begin.' : 'There is nothing to see yet.'}</p>
        )}
        <span className="kc-said" role="status">{said}</span>
      </div>
    </div>
  );
}

/** The way of a box that a new one is put behind: the first that leads nowhere, else the first of all, its main way. */
function wayOn(box: Box, lines: Way[]): [string, string] | null {
  if (box.kind === 'end') return null;
  const free = box.outcomes.find(([key]) => !lines.some((line) => line.source === box.id && line.outcome === key));
  if (free) return [box.id, free[0]];
  return [box.id, box.outcomes[0]?.[0] ?? ''];
}

/** React Flow tells what is selected box by box and line by line; the desk wants it as a whole, once. */
function useChoosing(desk: Desk) {
  const next = useRef<{ boxes: Set<string>; lines: Set<string> } | null>(null);
  return useMemo(() => {
    const begin = () => {
      if (!next.current) {
        const now = desk.look();
        next.current = { boxes: new Set(now.boxes), lines: new Set(now.lines) };
        queueMicrotask(() => {
          const { boxes, lines } = next.current!;
          next.current = null;
          desk.choose(boxes, lines);
        });
      }
      return next.current;
    };
    const set = (all: Set<string>, id: string, chosen: boolean) => void (chosen ? all.add(id) : all.delete(id));
    return {
      box: (id: string, chosen: boolean) => set(begin().boxes, id, chosen),
      line: (id: string, chosen: boolean) => set(begin().lines, id, chosen),
    };
  }, [desk]);
}
