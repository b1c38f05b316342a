// The small buttons in the corner: zoom, fit, undo, redo, tidy.
import { Panel, useReactFlow, useViewport } from '@xyflow/react';
import { Icon } from './box';

interface Props {
  editable: boolean;
  canUndo: boolean;
  canRedo: boolean;
  onFit: () => void;
  onUndo: () => void;
  onRedo: () => void;
  onTidy: () => void;
}

export const SLOWLY = { duration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 180 };

export function Tools({ editable, canUndo, canRedo, onFit, onUndo, onRedo, onTidy }: Props) {
  const { zoom } = useViewport();
  const { zoomIn, zoomOut, zoomTo } = useReactFlow();
  return (
    <Panel position="bottom-left" className="kc-tools">
      <div className="kc-group" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom out" onClick={() => void zoomOut(SLOWLY)}>−</button>
        <button type="button" aria-label="Show in original size" className="kc-zoom" onClick={() => void zoomTo(1, SLOWLY)}>
          {Math.round(zoom * 100)} %
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => void zoomIn(SLOWLY)}>+</button>
        <button type="button" title="Show everything" onClick={onFit}>Fit</button>
      </div>
      {editable && (
        <div className="kc-group" role="group" aria-label="Changes">
          <button type="button" aria-label="Undo" title="Undo (Ctrl+Z)" disabled={!canUndo} onClick={onUndo}><Icon name="undo" /></button>
          <button type="button" aria-label="Redo" title="Redo (Ctrl+Shift+Z)" disabled={!canRedo} onClick={onRedo}><Icon name="redo" /></button>
          <button type="button" title="Arrange everything: the main way straight, side ways below it" onClick={onTidy}>Tidy</button>
        </div>
      )}
    </Panel>
  );
}
