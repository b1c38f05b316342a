"""What managers change about application types: drafts of definitions, their publishing, the numbers laid over them.

Begin with `editing.py` for what a change to a definition is, `drafting.py` for drafts and their undo, `publishing.py`
for how a draft comes into force, `live.py` for the running numbers.
"""
