"""Explore: questions nobody foresaw, by SQL or by fields, over exactly what the person may see (issue: exploration).

Begin with `sources.py` (the tables there are), `slices.py` (what of them goes into the limited process) and
`asking.py` (a statement becomes an answer). `running.py` lets an answer be waited for and cancelled, `bringing.py`
reads a file that somebody brought, `profiles.py` looks at one column, `service.py` keeps questions.
"""
