"""Revenue: what of customers' consumption is eligible for incentives, and the goals it is held against.

Chapters FIN-REV, FIN-SREV and ONB-GOAL of the requirements. Begin with `facts.py` (one line), then `measures.py`.
"""
