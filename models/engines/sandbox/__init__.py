"""Runs somebody's SQL over tables that were handed in, in a process that holds nothing else and can open nothing.

It knows no area. `reading.py` judges a text before anything is loaded and says which columns and rows it needs,
`process.py` starts the limited process and streams its answer, `child.py` is that process, `locks.py` what it takes
from itself first, `grammar.py` what a statement may hold. Why: docs/decisions/0027.
"""
