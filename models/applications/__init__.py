"""Applications of partners, of any type: filled in, sent, reviewed, paid; and how each stands.

`applying.py` is what the partner does, `reviewing.py` what the vendor's people do, `stages.py` and `followup.py` what
happens by itself; `queries.py` the lists and queues, `case_view.py` one case with its timeline. Nothing here knows a
particular type: what differs between types stands in their definitions.
"""
