"""Workflows: a pure state machine over nodes and edges; a case is the fold of its events. Begin with `schema.py`."""
