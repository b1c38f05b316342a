"""What a statement may hold, judged on DuckDB's own reading of it: one SELECT, known tables, harmless functions.

Only the standard library: the limited process asks this about the very tree that DuckDB is about to run, so that no
difference between two parsers lets anything through.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series", "json_each", "json_tree", "repeat", "repeat_row"})
"""Functions that may stand after FROM; every other one reads something or says something about the process."""

REFUSED = re.compile(
    r"""(read_|write_|parquet_|sniff_|pragma_|duckdb_|pg_|inet_|has_\w+_privilege|current_setting|current_query|
    current_connection|current_database|current_catalog|current_schema|current_transaction|current_role|current_user|
    session_user|user_agent|user$|txid_|\w*_scan\w*$|glob$|getenv|getvariable|setval|nextval|currval|query$|query_table|
    json_execute|json_serialize|json_deserialize|json_copy|copy_|import_|export_|database_|enable_|disable_|
    force_checkpoint|checkpoint|verify_|show|which_secret|\w*_external_resource\w*|sleep|version$|platform|
    extension_versions|functions$|collations$|storage_info|table_info|metadata_info|in_search_path|add_parquet_key|
    index_key|get_block_size|parse_duckdb|__internal|stats$|vector_type|test_|summary$|truncate_|col_description|
    obj_description|shobj_description|map_to_pg|icu_calendar|to_aggregate_state|finalize$|combine|python_|create_sort|
    hive_partition|parse_path|parse_dir|parse_file|load|attach|install)""",
    re.VERBOSE | re.IGNORECASE,
)
"""Names of functions that reach beyond the rows: files, settings, the process, other statements."""

ONLY_SELECT = "Only SELECT is possible here: nothing can be changed, opened or set."
DEEPEST = 400
"""More levels of brackets than any question has."""


def refused_function(name: str) -> bool:
    """Whether a scalar or aggregate function may not be called."""
    return REFUSED.match(name) is not None


def faults(tree: Mapping[str, Any], tables: Collection[str]) -> list[str]:
    """Why a statement may not run, as words; empty when it may. `tree` is what `json_serialize_sql` answers."""
    if tree.get("error"):
        message = str(tree.get("error_message", ""))
        return [ONLY_SELECT if "Only SELECT" in message else message or "This is no statement."]
    statements = tree.get("statements") or []
    if len(statements) != 1:
        return [f"Write one statement; there are {len(statements)}."]
    found: list[str] = []
    known = {name.lower() for name in tables} | {name.lower() for name in _cte_names(statements[0])}
    for node in _nodes(statements[0]):
        found += _node_faults(node, known)
    return list(dict.fromkeys(found))


def _node_faults(node: Mapping[str, Any], known: Collection[str]) -> list[str]:
    kind = node.get("type")
    if kind == "BASE_TABLE":
        name = str(node.get("table_name", ""))
        path = [str(part) for part in (node.get("qualified_name") or {}).get("path") or [name]]
        if name.lower() not in known or len(path) > 1 or node.get("schema_name") or node.get("catalog_name"):
            return [f'There is no table "{".".join(path)}". The schema at the side lists those there are.']
    elif kind == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name", ""))
        if name.lower() not in TABLE_FUNCTIONS:
            return [f"{name or 'This function'} cannot stand after FROM: only tables of the schema can."]
    elif kind in {"SHOW_REF", "COLUMN_DATA", "DELIM_GET", "BOUND_TABLE_REF"}:
        return ["DESCRIBE, SHOW and SUMMARIZE are not possible here; the schema at the side says the same."]
    elif node.get("class") == "FUNCTION":
        name = str(node.get("function_name", ""))
        path = (node.get("qualified_name") or {}).get("path") or [name]
        if refused_function(name) or len(path) > 1:
            return [f"{'.'.join(map(str, path))} cannot be used here: it reaches beyond the rows of the tables."]
    return []


def _cte_names(statement: Any) -> Iterator[str]:
    for node in _nodes(statement):
        for entry in (node.get("cte_map") or {}).get("map") or []:
            yield str(entry.get("key", ""))
        if node.get("type") == "RECURSIVE_CTE_NODE" and node.get("cte_name"):
            yield str(node["cte_name"])


def _nodes(start: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of the tree, without recursion: a tree may be deeper than Python's own stack."""
    waiting: list[Any] = [start]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
