"""Decision tables: typed inputs and outputs, one rule a row; answered by facts, judged for gaps and overlaps.

Begin with `schema.py`; `cells.py` says how a cell is written, `answering.py` which rows fit, `judging.py` what is
wrong.
"""

from models.engines.decision_tables.answering import Answer, answer
from models.engines.decision_tables.judging import Judgement, gaps, judged, problems
from models.engines.decision_tables.schema import Column, DecisionTable, Example

__all__ = ["Answer", "Column", "DecisionTable", "Example", "Judgement", "answer", "gaps", "judged", "problems"]
