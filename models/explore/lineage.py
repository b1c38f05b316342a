"""What a kept question is made of: the tables and columns of a statement, or the measures and facts of fields."""

from __future__ import annotations

from models.core.errors import DomainError
from models.engines.sandbox.reading import read
from models.explore.queries import QuestionRow, parameters_of
from models.explore.rules import QuestionKind
from models.explore.sources import NAMES, of_facts, schema_of
from models.statistics import catalogue


def words(row: QuestionRow) -> str:
    """Its lineage in a sentence; of a statement that no longer fits the tables, why."""
    return _of_statement(row) if row.kind is QuestionKind.SQL else _of_fields(row)


def _of_statement(row: QuestionRow) -> str:
    tables = {each.name: each for each in (*map(of_facts, catalogue.all_facts()), *NAMES)}
    given = parameters_of(row.content.get("parameters") or {})
    try:
        found = read(str(row.content.get("sql", "")), schema_of(list(tables.values())), given)
    except DomainError:
        return "Reads a file that was brought to a session, or a table that is no more"
    if not found.tables:
        return "Reads no table"
    return "Reads " + "; ".join(f"{name} ({', '.join(needed.columns)})" for name, needed in found.tables.items())


def _of_fields(row: QuestionRow) -> str:
    known = catalogue.measures()
    names = [name for name in row.content.get("ask", {}).get("measures", ()) if name in known]
    facts = dict.fromkeys(catalogue.facts_of(name).words or catalogue.facts_of(name).table.name for name in names)
    return f"Counts {', '.join(known[name].words for name in names) or 'nothing any more'} of {', '.join(facts)}"
