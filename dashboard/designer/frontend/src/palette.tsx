// What can be added: dragged onto the canvas, or by a click or Enter behind what is selected.
import { useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Icon } from './box';
import type { Addable } from './types';

interface Props {
  palette: Addable[];
  onAdd: (kind: string) => void;
  onDrop: (kind: string, x: number, y: number) => void;
}
/** So far a pointer moves before it drags. */
const SLACK = 5;

export function Palette({ palette, onAdd, onDrop }: Props) {
  const [held, setHeld] = useState<{ item: Addable; x: number; y: number } | null>(null);
  const begin = useRef<{ item: Addable; x: number; y: number; dragged: boolean } | null>(null);

  const down = (item: Addable) => (event: React.PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    begin.current = { item, x: event.clientX, y: event.clientY, dragged: false };
  };
  const move = (event: React.PointerEvent) => {
    const from = begin.current;
    if (!from) return;
    if (!from.dragged && Math.hypot(event.clientX - from.x, event.clientY - from.y) < SLACK) return;
    from.dragged = true;
    setHeld({ item: from.item, x: event.clientX, y: event.clientY });
  };
  const up = (event: React.PointerEvent) => {
    const from = begin.current;
    setHeld(null);
    if (from?.dragged) onDrop(from.item.kind, event.clientX, event.clientY);
  };
  const click = (item: Addable) => () => {
    const dragged = begin.current?.dragged;
    begin.current = null;
    if (!dragged) onAdd(item.kind);
  };
  const cancel = () => {
    begin.current = null;
    setHeld(null);
  };
  const keys = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step]?.focus();
    event.preventDefault();
  };
  return (
    <div className="kc-palette" role="toolbar" aria-label="Add to the workflow" aria-orientation="vertical" onKeyDown={keys}>
      <span className="kc-add" aria-hidden="true">Add</span>
      {palette.map((item) => (
        <button
          key={item.kind} type="button" title={`Drag ${item.label.toLowerCase()} onto the canvas, or click to add it after what is selected`}
          onPointerDown={down(item)} onPointerMove={move} onPointerUp={up} onPointerCancel={cancel} onClick={click(item)}
        >
          <Icon name={item.icon} /><span>{item.label}</span>
        </button>
      ))}
      {held && createPortal(
        <div className="kc-held" style={{ left: held.x, top: held.y }}><Icon name={held.item.icon} />{held.item.label}</div>,
        document.querySelector('.stApp') ?? document.body,
      )}
    </div>
  );
}
