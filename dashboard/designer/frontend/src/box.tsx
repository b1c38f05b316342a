// A box as one sees it: kind, title, one line about it, problems, numbers, and the ways that lead nowhere.
import { Handle, Position, useUpdateNodeInternals, type Node, type NodeProps } from '@xyflow/react';
import { memo, useEffect } from 'react';
import type { Port, Side } from './routes';
import { said, type Box, type Live } from './types';

export interface BoxData extends Record<string, unknown> {
  box: Box;
  word: string;
  icon: string;
  editable: boolean;
  /** Where the line of each outcome leaves; outcomes without a line are missing. */
  ports: Record<string, Port>;
  missing: [key: string, label: string][];
  /** Where lines arrive. Each handle is looked at in every frame of a drag: there are no more than needed. */
  entries: Side[];
}
export type BoxNode = Node<BoxData, 'box'>;

export const IN = 'in-';
export const MISSING = 'missing:';
const POSITION: Record<Side, Position> = {
  right: Position.Right, bottom: Position.Bottom, top: Position.Top, left: Position.Left,
};

/** The handle that a line of an outcome hangs on. */
export const handleOf = (outcome: string): string => `out:${outcome}`;
/** The outcome that a handle stands for. */
export const outcomeOf = (handle: string | null | undefined): string =>
  (handle ?? '').replace(/^(out:|missing:)/, '');

export const Icon = ({ name }: { name: string }) => (
  <span className="kc-icon" aria-hidden="true">{name}</span>
);

const shifted = ({ side, shift }: Port) => {
  const along = side === 'left' || side === 'right' ? 'top' : 'left';
  return { [along]: `calc(50% + ${shift}px)` };
};

function Numbers({ live }: { live: Live }) {
  const tone = live.bottleneck ? ' kc-hot' : '';
  const title = [
    `${live.cases} ${live.cases === 1 ? 'case is' : 'cases are'} here now`, live.median && `half of them leave within ${live.median}`,
    live.p90 && `nine of ten within ${live.p90}`, live.rejected,
  ].filter(Boolean).join(' · ');
  return (
    <div className="kc-numbers" title={title}>
      {(live.cases > 0 || !(live.median || live.rejected)) && <span className={`kc-chip${tone}`}>{live.cases} now</span>}
      {live.median && <span className={`kc-chip${tone}`}>{live.median}</span>}
      {live.rejected && <span className="kc-chip">{live.rejected}</span>}
    </div>
  );
}

/** What is wrong, and what should be looked at: told apart by sign, word and colour. */
function Badges({ box }: { box: Box }) {
  const kinds = [['Problem', 'error', 'kc-red', box.problems], ['Warning', 'warning', 'kc-orange', box.warnings]] as const;
  return (
    <span className="kc-badges">
      {kinds.map(([word, icon, tone, texts]) => texts.length > 0 && (
        <span key={word} className={`kc-badge ${tone}`} title={said(word, texts).join('\n')}>
          <Icon name={icon} />
          {texts.length > 1 && texts.length}
        </span>
      ))}
    </span>
  );
}

/** A red dotted stub for what leads nowhere; each word is where a line can be drawn from. */
function Missing({ ways, editable }: { ways: BoxData['missing']; editable: boolean }) {
  return (
    <div className="kc-missing">
      {ways.map(([key, label]) => (
        <Handle
          key={key} id={`${MISSING}${key}`} type="source" position={Position.Bottom} isConnectable={editable}
          className="kc-nowhere" title={editable ? 'Drag to the box that this way leads to' : undefined}
        >
          {label ? `${label}: leads nowhere` : 'leads nowhere'}
        </Handle>
      ))}
    </div>
  );
}

export const BoxView = memo(function BoxView({ id, data }: NodeProps<BoxNode>) {
  const { box, word, icon, editable, ports, missing, entries } = data;
  const update = useUpdateNodeInternals();
  const placed = JSON.stringify([ports, missing, entries]);
  // React Flow measures handles once; they stand elsewhere when lines leave another way.
  useEffect(() => update(id), [id, placed, update]);
  const hot = box.live?.bottleneck ? ' kc-bottleneck' : '';
  const round = box.kind === 'end';
  return (
    <>
      <div className={`kc-box kc-kind-${box.kind}${round ? ' kc-round' : ''}${hot}`}>
        {round ? <Icon name={icon} /> : (
          <>
            <span className="kc-kind"><Icon name={icon} />{word}</span>
            <span className="kc-title" title={box.title}>{box.title || `New ${word.toLowerCase()}`}</span>
            {box.lines.map((line) => <span className="kc-line" key={line}>{line}</span>)}
          </>
        )}
        <Badges box={box} />
      </div>
      {round && <span className="kc-under">{box.title || 'New end'}</span>}
      {box.live && <Numbers live={box.live} />}
      {missing.length > 0 && <Missing ways={missing} editable={editable} />}
      {entries.map((side) => (
        <Handle
          key={side} id={`${IN}${side}`} type="target" position={POSITION[side]} isConnectableStart={false}
          isConnectable={editable} className="kc-in"
        />
      ))}
      {Object.entries(ports).map(([key, port]) => (
        <Handle
          key={key} id={handleOf(key)} type="source" position={POSITION[port.side]} style={shifted(port)}
          isConnectable={editable} className="kc-out" title={nameOf(box, key)}
        />
      ))}
    </>
  );
});

const nameOf = (box: Box, key: string): string => box.outcomes.find(([each]) => each === key)?.[1] || 'Goes on';

export const StartView = memo(function StartView() {
  return (
    <div className="kc-box kc-round kc-start" title="Cases begin here">
      <Icon name="play_arrow" />
      <Handle id={handleOf('')} type="source" position={Position.Right} isConnectable={false} className="kc-none" />
    </div>
  );
});
