"""Application types: what can be asked for, as data. A type is a form or several, a workflow, facts, and parameters.

Begin with `schema.py` for what a type is, `loading.py` for how its YAML becomes one, `registry.py` for the checks and
actions that areas lend to definitions by name.
"""

from models.engines.definitions.case_data import CaseData
from models.engines.definitions.registry import action, check, define, define_process, search
from models.engines.definitions.schema import Agreement, ApplicationType

__all__ = ["Agreement", "ApplicationType", "CaseData", "action", "check", "define", "define_process", "search"]
