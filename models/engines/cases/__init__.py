"""Cases: whatever is applied for, of any type, as the events that happened to it and the rows derived from them.

`case_event` is the truth, chained by hashes; `case_file`, `case_task` and `case_fact` are what lists read and can be
derived again. Begin with `store.py`: every change of a case goes through `handle`.
"""
