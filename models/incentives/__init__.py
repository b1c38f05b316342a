"""Incentives: what partners earn on eligible revenue, by program and reconciliation period.

Chapters FIN-ICONF, FIN-IDET and FIN-SINC of the requirements. Begin with `facts.py` (one line), then `measures.py`.
"""
