"""The arrows between the layers (README.md), held by reading every import of the application.

pages → dashboard → models.<area>.service | queries → tables → rules → models.core
flows → service | queries        areas → engines → core
"""

from __future__ import annotations

import ast
import sys

from tests.support import ROOT
from tests.support.imports import Import, imports, module_name, sources

KERNEL = {"core", "engines"}
# The list of all mapped classes, for the migrations: it must see every area's tables, and only it may.
MODEL_LIST = "models.tables"
LONGEST = 450  # lines of a file
SQL_WORDS = {"sqlalchemy", "sqlite3", "psycopg", "duckdb", "duckdb_engine", "pyiceberg", "alembic"}


def area_of(module: str) -> str | None:
    """`models.identity.rules` belongs to the area identity; the kernel and the engines to none."""
    parts = module.split(".")
    if parts[0] != "models" or len(parts) < 2 or parts[1] in KERNEL or module == MODEL_LIST:
        return None
    return parts[1]


def top(module: str) -> str:
    return module.split(".")[0]


def violations(wrong: object) -> list[str]:
    return [str(found) for found in imports() if wrong(found)]  # type: ignore[operator]


def in_layer(module: str, *layers: str) -> bool:
    return any(module == layer or module.startswith(f"{layer}.") for layer in layers)


def test_there_is_something_to_look_at():
    modules = {module_name(path) for path in sources()}
    assert {"models.core.unit_of_work", "models.identity.service"} <= modules
    assert len(imports()) > 200


def test_the_model_knows_neither_pages_nor_flows():
    def wrong(found: Import) -> bool:
        return in_layer(found.importer, "models") and top(found.imported) in {
            "streamlit", "prefect", "dashboard", "pages", "flows", "starlette", "fastapi", "plotly",
        }  # fmt: skip

    assert violations(wrong) == []


def test_the_kernel_knows_nothing_above_it():
    def wrong(found: Import) -> bool:
        return in_layer(found.importer, "models.core") and (
            area_of(found.imported) is not None or in_layer(found.imported, "models.engines", MODEL_LIST)
        )

    assert violations(wrong) == []


def test_engines_know_no_area():
    def wrong(found: Import) -> bool:
        return in_layer(found.importer, "models.engines") and area_of(found.imported) is not None

    assert violations(wrong) == []


def test_an_area_reaches_another_only_through_what_it_shows():
    """Never its tables: whoever reads another area's rows asks its queries."""

    def wrong(found: Import) -> bool:
        ours, theirs = area_of(found.importer), area_of(found.imported)
        if ours is None or theirs is None or ours == theirs:
            return False
        if ours == "demo":  # stands for years of everybody's work: writes all areas' rows, read by none
            return False
        return not _shown(found.imported)

    assert violations(wrong) == []


def _shown(module: str) -> bool:
    """A module that an area shows; a package such as `queries/` counts with all that is in it."""
    parts = module.split(".")
    return len(parts) == 2 or parts[2] not in {"tables", "facts"}


def test_tables_import_only_rules_and_kernel():
    def wrong(found: Import) -> bool:
        return found.importer.endswith(".tables") and found.importer != MODEL_LIST and (
            top(found.imported) in {"flows", "pages", "dashboard"}
            or (area_of(found.imported) is not None and not found.imported.endswith((".rules", ".tables")))
            or (area_of(found.imported) not in {None, area_of(found.importer)})
        )  # fmt: skip

    assert violations(wrong) == []


def test_rules_are_pure():
    """The standard library and values of the kernel: no database, no clock, no settings, no files."""
    values = {"models.core.errors", "models.core.money", "models.core.calendars", "models.core.values"}
    values |= {"models.engines.workflow.findings"}  # the words that a rule answers with
    impure = {"random", "secrets", "os", "time", "sqlite3", "socket", "subprocess", "logging", "pathlib", "tempfile"}

    def wrong(found: Import) -> bool:
        if not (area_of(found.importer) and found.importer.endswith(".rules")):
            return False
        name = found.imported
        if top(name) == "models":
            return name not in values and not name.endswith(".rules")
        return top(name) not in sys.stdlib_module_names or top(name) in impure

    assert violations(wrong) == []


def test_rules_never_ask_for_the_time():
    asked = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources().items()
        if path.name == "rules.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
        and isinstance(node.value, ast.Name) and node.value.id in {"date", "datetime", "clock"}
    ]  # fmt: skip
    assert asked == []


def test_pages_and_flows_hold_no_sql():
    def wrong(found: Import) -> bool:
        return in_layer(found.importer, "pages", "flows", "dashboard") and (
            top(found.imported) in SQL_WORDS
            or (area_of(found.imported) is not None and found.imported.endswith((".tables", ".facts")))
            or (in_layer(found.imported, "models.core.database") and found.names != ("ask",))
            or in_layer(found.imported, "models.core.lake")
            or (found.imported == MODEL_LIST and found.names)  # entries load it as a whole; nobody picks from it
        )

    assert violations(wrong) == []


def test_pages_never_execute_a_statement():
    executed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources().items()
        if in_layer(module_name(path), "pages", "dashboard", "flows")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "session" and isinstance(node.value, ast.Name)
        and node.value.id == "uow"
    ]  # fmt: skip
    assert executed == [], "a page or flow asks queries and services, never uow.session"


def test_flows_know_no_page_and_pages_no_flow():
    def wrong(found: Import) -> bool:
        return (in_layer(found.importer, "flows") and top(found.imported) in {"pages", "dashboard", "streamlit"}) or (
            in_layer(found.importer, "pages", "dashboard") and top(found.imported) in {"flows", "prefect"}
        )

    assert violations(wrong) == []


def test_nobody_imports_a_page():
    assert violations(lambda found: top(found.imported) == "pages") == []


def test_no_module_of_the_dashboard_hides_one_of_ours():
    """Streamlit puts the entry's folder on the import path."""
    present = {path.stem if path.is_file() else path.name for path in (ROOT / "dashboard").iterdir()}
    assert present & {"models", "pages", "flows", "tests", "benchmarks", "migrations"} == set()


def test_every_area_says_what_it_is():
    areas = [folder for folder in (ROOT / "models").iterdir() if (folder / "__init__.py").exists()]
    silent = [folder.name for folder in areas if not ast.get_docstring(sources()[folder / "__init__.py"])]
    assert silent == []


def test_public_functions_say_what_they_answer():
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, tree in sources().items()
        if path.stem in {"service", "queries", "rules"}
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_files_stay_readable():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert long == {}, "split by noun"
