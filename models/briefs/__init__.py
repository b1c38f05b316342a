"""Briefs: on a schedule a person reads what changed, why, what is at risk and what waits, within what they may see.

Begin with `rules.py` (when an edition is due), `composing.py` (what is in it) and `service.py` (made once a period).
"""
