"""A drop zone that streams files to one of our own routes with progress; Streamlit's keeps whole files in memory."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_HTML = """
<label class="zone" tabindex="0">
  <span class="i" aria-hidden="true">upload_file</span>
  <span><b class="what"></b><small class="limit"></small></span>
  <input type="file" multiple>
</label>
<ul class="chosen"></ul>
<div class="bar" role="progressbar" aria-label="Upload" aria-valuemin="0" aria-valuemax="100" hidden><i></i></div>
<div class="say" role="status"></div>
<button type="button" class="go" disabled></button>
"""
_CSS = """
:host { display: block }
* { box-sizing: border-box }
.zone { display: flex; gap: 12px; align-items: center; border: 1px dashed var(--ctl); border-radius: 8px;
  padding: 18px 16px; cursor: pointer; color: var(--ink); font: 400 13px/1.45 var(--st-font) }
.zone:hover, .zone.over { background: var(--accent-bg); border-color: var(--accent) }
.zone:focus-visible, .go:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.zone b { display: block; font-weight: 500 } .zone small { color: var(--ink2); font-size: 12px }
.zone input { position: absolute; width: 1px; height: 1px; opacity: 0 }
.i { font-family: "Material Symbols Rounded"; font-size: 24px; color: var(--ink2); font-feature-settings: "liga" }
.chosen { list-style: none; margin: 8px 0 0; padding: 0; font: 400 13px/1.6 var(--st-font); color: var(--ink) }
.chosen small { color: var(--ink2) }
.bar { height: 8px; border-radius: 4px; background: var(--gray-bg); overflow: hidden; margin: 10px 0 4px }
.bar i { display: block; height: 100%; width: 0; background: var(--blue-fill) }
.say { font: 400 13px/1.5 var(--st-font); color: var(--ink2); min-height: 0 }
.say.bad { color: var(--red) }
.go { margin-top: 10px; height: 35px; padding: 0 16px; border: 0; border-radius: 6px; cursor: pointer;
  background: var(--accent-fill); color: #fff; font: 500 14px var(--st-font) }
.go:disabled { background: var(--gray-bg); color: var(--ink2); cursor: not-allowed }
"""
_JS = """
export default function (component) {
  const { parentElement: root, data, setTriggerValue } = component;
  const one = (selector) => root.querySelector(selector);
  const [zone, input, chosen, bar, say, go] = ['.zone', 'input', '.chosen', '.bar', '.say', '.go'].map(one);
  one('.what').textContent = data.what;
  one('.limit').textContent = data.limit;
  go.textContent = data.button;
  const state = root.kontorUpload ??= { files: [], busy: false };
  const tell = (text, bad) => { say.textContent = text; say.classList.toggle('bad', Boolean(bad)); };
  const size = (bytes) => bytes > 1048576 ? (bytes / 1048576).toFixed(1) + ' MiB' : Math.ceil(bytes / 1024) + ' KiB';
  const show = () => {
    chosen.replaceChildren(...state.files.map((file) => {
      const item = document.createElement('li');
      item.append(file.name + ' ');
      const small = document.createElement('small');
      small.textContent = size(file.size);
      item.append(small);
      return item;
    }));
    go.disabled = state.busy || !state.files.length || !data.fields_complete;
    if (state.files.length && !data.fields_complete) tell(data.missing, false);
  };
  const take = (files) => { state.files = [...files]; tell('', false); show(); };
  input.onchange = () => take(input.files);
  zone.onkeydown = (event) => {
    if (event.key === 'Enter' || event.key === ' ') { input.click(); event.preventDefault(); }
  };
  zone.ondragover = (event) => { event.preventDefault(); zone.classList.add('over'); };
  zone.ondragleave = () => zone.classList.remove('over');
  zone.ondrop = (event) => { event.preventDefault(); zone.classList.remove('over'); take(event.dataTransfer.files); };
  go.onclick = () => {
    const body = new FormData();
    for (const [name, value] of Object.entries(data.fields)) body.append(name, value);
    for (const file of state.files) body.append('files', file, file.name);
    const request = new XMLHttpRequest();
    request.open('POST', data.address);
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable) return;
      const part = Math.round(100 * event.loaded / event.total);
      bar.hidden = false;
      bar.setAttribute('aria-valuenow', part);
      bar.firstElementChild.style.width = part + '%';
      tell(part < 100 ? size(event.loaded) + ' of ' + size(event.total) + ' sent' : 'Sent; checking …', false);
    };
    const over = (text, bad) => { state.busy = false; bar.hidden = true; tell(text, bad); show(); };
    request.onerror = () => over('The connection broke. Nothing was imported; try again.', true);
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch (error) { answer = {}; }
      if (answer.import) {
        state.files = [];
        input.value = '';
        over('', false);
        setTriggerValue('done', answer.import);
      } else {
        const words = (answer.problems || []).map((problem) => problem.text + ' (' + problem.code + ')').join(' ');
        over(words || request.responseText || 'The server refused the files.', true);
      }
    };
    state.busy = true;
    show();
    request.send(body);
  };
  show();
}
"""
_component = st.components.v2.component("kontor_uploader", html=_HTML, css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Drop:
    """Where files go and what the zone says: route, form fields beside the files, words."""

    address: str
    fields: dict[str, str]
    what: str
    limit: str
    button: str
    missing: str = "Fill in the fields above first."


def uploader(drop: Drop, *, key: str) -> str | None:
    """Draw the zone; answers the key that the route gave to a finished upload, in the run after it."""
    data = {
        "address": drop.address, "fields": drop.fields, "what": drop.what, "limit": drop.limit, "button": drop.button,
        "missing": drop.missing, "fields_complete": all(value.strip() for value in drop.fields.values()),
    }  # fmt: skip
    result = _component(data=data, key=key, on_done_change=_noted)
    done = getattr(result, "done", None)
    return done if isinstance(done, str) else None


def _noted() -> None:
    """A trigger is delivered only to components that name a callback."""
