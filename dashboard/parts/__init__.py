"""Reusable page parts: a part takes values and shows them, or returns what the person chose. No rules, no SQL.

Begin with `head` (what every page opens with), `charts` and `chips`; `formats` turns values into words.
"""
