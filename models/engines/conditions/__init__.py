"""Conditions of forms and workflows: CEL over the typed facts of a case, behind one `evaluate`.

A condition is compiled against the declared types when its definition is read, so that a misspelt fact or an amount
compared with a text is refused with its place then, never met by a case. Amounts enter as whole 10^-8 units, never as
floating point: `claimed > usd(50000)`, `claimed > usd('8640.50')`. Dates compare with `day('2026-05-21')`.
"""

from models.engines.conditions.condition import Condition, Formula, Worth, compiled, formula, worked_out
from models.engines.conditions.facts import FactType, FactTypes, fits

__all__ = ["Condition", "FactType", "FactTypes", "Formula", "Worth", "compiled", "fits", "formula", "worked_out"]
