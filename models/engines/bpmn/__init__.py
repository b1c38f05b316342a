"""Workflows as BPMN 2.0 diagrams: what we draw opens in other modellers, what they draw becomes a workflow.

Begin with `writing.py` for how a workflow becomes a diagram, and with `reading.py` for the way back. What BPMN has no
place for is kept in the diagram as marks of ours (`marks.py`), so that our own diagrams come back as they were; of a
foreign one, everything that cannot run is named element by element (`findings.py`).
"""

from models.engines.bpmn.findings import Imported, Notice
from models.engines.bpmn.reading import read
from models.engines.bpmn.writing import write

__all__ = ["Imported", "Notice", "read", "write"]
