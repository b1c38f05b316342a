"""Statistics over all areas: what can be counted and by what, asked by names, explained and watched.

Begin with `asks.py` (the question as data), `asking.py` (its answer) and `catalogue.py` (what there is to ask). The
areas declare their facts, measures and dimensions themselves; `models/engines/statistics` asks them.
"""
