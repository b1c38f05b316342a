"""The canvas of the workflow designer: what a workflow looks like, and what somebody did to it.

`drawing.py` says what is drawn, `changes.py` what came back, `canvas.py` is the part that a page calls, `assets.py`
serves the bundle. The bundle in `bundle/` is built from `frontend/` by `make designer` and committed, so that nobody
needs Node to run Kontor. The canvas knows no workflow: pages translate definitions into boxes and lines.
"""
