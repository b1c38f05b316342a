"""Expenditures: what customers spent, line by line, as the cloud's bills say (FOCUS files), and statistics over it.

Chapter FIN-SEXP of the requirements. Begin with `facts.py` (one line), then `importing.py` (how files become lines).
"""
