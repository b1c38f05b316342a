"""Partners: the companies of the ecosystem, their programs and paths, tiers and who at the vendor looks after them.

Spec: docs/requirements 01 and 02. Begin with `rules.py` for the words, `queries.py` for what pages read.
"""
