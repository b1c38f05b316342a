// Connecting by keyboard: which way of a box, and where it leads.
import { useEffect, useRef, useState } from 'react';
import type { Box, Drawing } from './types';

interface Props {
  box: Box;
  drawing: Drawing;
  words: (box: Box) => string;
  onConnect: (outcome: string, target: string) => void;
  onCut: (outcome: string) => void;
  onClose: () => void;
}

export function Connect({ box, drawing, words, onConnect, onCut, onClose }: Props) {
  const ways = box.outcomes.length ? box.outcomes : [['', ''] as [string, string]];
  const leads = (key: string) => drawing.lines.find((line) => line.source === box.id && line.outcome === key)?.target ?? '';
  const [outcome, setOutcome] = useState(() => (ways.find(([key]) => !leads(key)) ?? ways[0]!)[0]);
  const [target, setTarget] = useState(() => leads(outcome));
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => first.current?.focus(), []);
  const others = drawing.boxes.filter((each) => each.id !== box.id);
  const name = (id: string) => {
    const found = drawing.boxes.find((each) => each.id === id);
    return found ? words(found) : 'nowhere';
  };
  const save = (event: React.FormEvent) => {
    event.preventDefault();
    if (target && target !== leads(outcome)) onConnect(outcome, target);
    else if (!target && leads(outcome)) onCut(outcome);
    onClose();
  };
  return (
    <form
      className="kc-connect" role="dialog" aria-label={`Connect ${words(box)}`} onSubmit={save}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') onClose();
      }}
    >
      <b>{words(box)}</b>
      <label>
        Way
        <select
          ref={first} value={outcome}
          onChange={(event) => {
            setOutcome(event.target.value);
            setTarget(leads(event.target.value));
          }}
        >
          {ways.map(([key, label]) => <option key={key} value={key}>{`${label || 'Goes on'} → ${name(leads(key))}`}</option>)}
        </select>
      </label>
      <label>
        Leads to
        <select value={target} onChange={(event) => setTarget(event.target.value)}>
          <option value="">nowhere</option>
          {others.map((each) => <option key={each.id} value={each.id}>{words(each)}</option>)}
        </select>
      </label>
      <div className="kc-buttons">
        <button type="button" onClick={onClose}>Cancel</button>
        <button type="submit" className="kc-primary">Connect</button>
      </div>
    </form>
  );
}
