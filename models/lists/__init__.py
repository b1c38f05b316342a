"""Lists as people use and managers change them: saved views, adjustments with their versions, actions, exports.

Begin with `queries.py` (how a list opens for somebody) and `service.py` (saved views); `publishing.py` holds what
managers change for others, `acting.py` what is done with rows, `exporting.py` the files. The engine stands in
`models/engines/lists`.
"""
