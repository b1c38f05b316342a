// Streamlit calls `draw` when the component appears and whenever the page draws it again.
import '@xyflow/react/dist/base.css';
import './canvas.css';
import { createRoot, type Root } from 'react-dom/client';
import { Canvas } from './canvas';
import { deskOf } from './desk';
import type { Component } from './types';

const roots = new WeakMap<Element, Root>();

export function draw(component: Component): () => void {
  const place = component.parentElement.querySelector('.kontor-canvas');
  if (!place) return () => undefined;
  const desk = deskOf(component);
  let root = roots.get(place);
  if (!root) {
    root = createRoot(place);
    roots.set(place, root);
    // The style sheet sets sizes that are measured when the canvas is first drawn.
    void styled(component).then(() => root!.render(<Canvas desk={desk} />));
  } else root.render(<Canvas desk={desk} />);
  return () => {
    roots.get(place)?.unmount();
    roots.delete(place);
  };
}

function styled({ data }: Component): Promise<unknown> {
  const link = [...document.querySelectorAll('link')].find((each) => each.getAttribute('href')?.endsWith(data.style));
  if (!link || link.sheet) return Promise.resolve();
  return new Promise((done) => {
    link.addEventListener('load', done, { once: true });
    link.addEventListener('error', done, { once: true });
  });
}
