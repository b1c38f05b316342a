"""What happens in the background: the worker takes rows of the outbox and carries them through Prefect flows.

Begin with `worker.py` (the process), then `work.py` (one row, one task) and `topics.py` (which flow does what).
"""
