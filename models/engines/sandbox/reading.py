"""Reads somebody's SQL before anything is loaded: one SELECT over known tables, and what of them it can need.

What it answers is a superset: columns that might be meant, rows that might count. The statement itself runs unchanged
in the limited process, where DuckDB's own reading of it is judged again (`grammar.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

from models.core.errors import Problem, Refused
from models.engines.sandbox.grammar import ONLY_SELECT, TABLE_FUNCTIONS, refused_function
from models.engines.sandbox.process import Parameter

Schema = Mapping[str, Mapping[str, str]]
"""Tables by name, their columns and what each holds: `text`, `date` or anything else."""

LONGEST = 20_000
"""Characters of a statement; more is no question of a person's."""
DEEPEST, DEEPEST_TYPES = 60, 5
"""Brackets within each other, and such brackets after the name of a type."""
OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})
OPERATORS: dict[type[exp.Expr], str] = {exp.EQ: "=", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
TURNED = {"=": "=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
PLAIN_JOINS = {"", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "OUTER"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of a column with values, which every row that counts fulfils.

    `operator` is = < <= > >= in or between."""

    column: str
    operator: str
    values: tuple[str | date, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """What a statement can need of a table. Each mention of it is an alternative; without conditions: every row."""

    columns: tuple[str, ...]
    alternatives: tuple[tuple[Condition, ...], ...]

    @property
    def everything(self) -> bool:
        """Whether some mention of the table needs every row."""
        return not all(self.alternatives)


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement as it will run, the names of its parameters in order, and what it needs of which tables."""

    sql: str
    parameters: tuple[str, ...]
    tables: Mapping[str, Needed]


def parameters_of(text: str) -> tuple[str, ...]:
    """The names of the parameters of a statement, in order; none when it cannot be read."""
    try:
        return _with_dollars(text)[1]
    except Refused:
        return ()


def read(text: str, schema: Schema, given: Sequence[Parameter] = ()) -> Reading:
    """Judge a statement and find out what it can need.

    Raises:
        Refused: it is empty, not one SELECT, faulty, or names a table or function that it may not.
    """
    if not text.strip(" \t\r\n;"):
        raise _refused("Write a SELECT statement first.")
    if len(text) > LONGEST:
        raise _refused(f"The statement has {len(text):,} characters; at most {LONGEST:,} are possible.")
    sql, names = _with_dollars(text)
    tree = _parsed(sql)
    _demand_harmless(tree)
    known = {name.lower(): name for name in schema}
    mentions = _mentions(tree, known)
    columns_there = {column.lower() for each in mentions for column in schema[known[each.name.lower()]]}
    whole = _needs_every_column(tree, columns_there)
    words = {str(each.name).lower() for each in tree.find_all(exp.Identifier)}
    values = {each.name: each for each in given}
    tables: dict[str, Needed] = {}
    for name in dict.fromkeys(known[mention.name.lower()] for mention in mentions):
        columns = tuple(column for column in schema[name] if whole or column.lower() in words)
        own = [mention for mention in mentions if known[mention.name.lower()] == name]
        alternatives = tuple(tuple(_conditions(mention, name, schema, values)) for mention in own)
        tables[name] = Needed(columns or (next(iter(schema[name])),), alternatives)
    return Reading(sql, names, tables)


def _refused(text: str) -> Refused:
    return Refused(Problem("SQL-REFUSED", text))


def _tokens(text: str) -> list[Token]:
    try:
        tokens: list[Token] = sqlglot.tokenize(text, dialect="duckdb")
    except SqlglotError as error:
        raise _refused("The statement ends within a text or a name: a quotation mark is missing.") from error
    _demand_shallow(tokens)
    return tokens


def _demand_shallow(tokens: Sequence[Token]) -> None:
    """Refuse brackets within brackets that would take for ever to read.

    A type's name before a bracket may be a type or a function, so that each one inside another doubles the work.
    """
    typed: list[bool] = []
    for before, here in zip([None, *tokens], tokens, strict=False):
        if here.token_type in OPENING:
            typed.append(before is not None and before.token_type in Parser.TYPE_TOKENS)
        elif here.token_type in CLOSING and typed:
            typed.pop()
        if len(typed) > DEEPEST or sum(typed) > DEEPEST_TYPES:
            raise _refused("The statement has too many brackets within each other. Take parts of it into WITH.")


def _with_dollars(text: str) -> tuple[str, tuple[str, ...]]:
    """The statement with `$name` for each `:name`, as DuckDB writes parameters, and their names.

    Within brackets a colon stands for a slice or a field: there only `$name` is a parameter.
    """
    tokens, made, last, depth = _tokens(text), [], 0, 0
    names: list[str] = []
    for before, here, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        depth += {TokenType.L_BRACKET: 1, TokenType.L_BRACE: 1}.get(here.token_type, 0)
        depth -= {TokenType.R_BRACKET: 1, TokenType.R_BRACE: 1}.get(here.token_type, 0)
        if after is None or after.start != here.end + 1 or not after.text.isidentifier():
            continue
        apart = before is None or before.end + 1 < here.start or not (before.text[-1:].isalnum() or before.text in ")]")
        if here.token_type is TokenType.COLON and not depth and apart:
            made += [text[last : here.start], "$"]
            last = here.start + 1
        elif here.token_type is not TokenType.PARAMETER:
            continue
        names.append(after.text)
    return "".join([*made, text[last:]]).strip().rstrip(";").rstrip(), tuple(dict.fromkeys(names))


def _parsed(sql: str) -> exp.Expr:
    try:
        found = [each for each in sqlglot.parse(sql, dialect="duckdb") if each is not None]
    except SqlglotError as error:
        first: dict[str, Any] = next(iter(getattr(error, "errors", ())), {})
        where = f" in line {first['line']}, near “{first['highlight']}”" if first.get("line") else ""
        raise _refused(f"This is not understood{where}: {first.get('description') or 'check the statement'}") from error
    except RecursionError as error:
        raise _refused("The statement is nested too deeply.") from error
    if len(found) != 1:
        raise _refused(f"Write one statement; there are {len(found)}.")
    if not isinstance(found[0], exp.Select | exp.SetOperation | exp.Subquery | exp.Values):
        raise _refused(ONLY_SELECT)
    return found[0]


def _demand_harmless(tree: exp.Expr) -> None:
    if tree.find(exp.TableSample):
        raise _refused("Samples cannot be taken here: two runs would differ. Narrow the rows with WHERE.")
    for function in tree.find_all(exp.Func):
        name = function.name if isinstance(function, exp.Anonymous) else function.sql_name().lower()
        if refused_function(name):
            raise _refused(f"{name} cannot be used here: it reaches beyond the rows of the tables.")


def _mentions(tree: exp.Expr, known: Mapping[str, str]) -> list[exp.Table]:
    """Every place where a table of the schema is read."""
    made = {each.alias.lower() for each in tree.find_all(exp.CTE)}
    found: list[exp.Table] = []
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Func):
            name = table.this.name if isinstance(table.this, exp.Anonymous) else table.this.sql_name()
            if isinstance(table.this, exp.Anonymous) and name.lower() not in TABLE_FUNCTIONS:
                raise _refused(f"{name} cannot stand after FROM: only tables of the schema can.")
            continue
        if table.db or table.catalog:
            raise _refused(f'There is no table "{table.sql(dialect="duckdb")}". Write its plain name.')
        name = table.name.lower()
        if name in known:
            found.append(table)
        elif name not in made:
            raise _refused(f'There is no table "{table.name}". The schema lists those there are.')
    return found


def _needs_every_column(tree: exp.Expr, columns: Collection[str]) -> bool:
    """Whether columns are meant that are not named: by a star, a pattern, a pivot, or a row as a whole.

    A name that is a column and a table (`product`) means the column.
    """
    if any(not isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star)):
        return True
    if tree.find(exp.Columns, exp.Pivot) or any(join.method == "NATURAL" for join in tree.find_all(exp.Join)):
        return True
    rows = {each.alias_or_name.lower() for each in tree.find_all(exp.Table)}.difference(columns)
    return any(not column.table and column.name.lower() in rows for column in tree.find_all(exp.Column))


def _conditions(mention: exp.Table, table: str, schema: Schema, values: Mapping[str, Parameter]) -> Iterator[Condition]:
    """What every row of this mention must fulfil to count, as far as its own WHERE says it plainly."""
    holder = mention.parent
    select = holder.parent if isinstance(holder, exp.From | exp.Join) else None
    if not isinstance(select, exp.Select) or not (where := select.args.get("where")) or not _plain(select, mention):
        return
    columns, foreign = schema[table], _names_beside(select, mention, schema)
    alias, lower = mention.alias_or_name.lower(), {name.lower(): name for name in columns}
    for part in where.this.flatten() if isinstance(where.this, exp.And) else (where.this,):
        column = _column_of(part)
        if column is None or column.name.lower() not in lower:
            continue
        apart = foreign is not None and column.name.lower() not in foreign
        ours = column.table.lower() == alias if column.table else apart
        if ours and (found := _condition(part, lower[column.name.lower()], columns, values)):
            yield found


def _names_beside(select: exp.Select, mention: exp.Table, schema: Schema) -> set[str] | None:
    """Which names mean something else than a column of this mention; None when that cannot be told."""
    made = {each.alias.lower() for each in select.expressions if isinstance(each, exp.Alias)}
    beside = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or [])]
    known = {name.lower(): columns for name, columns in schema.items()}
    for other in beside:
        if other is mention:
            continue
        if not isinstance(other, exp.Table) or other.name.lower() not in known:
            return None
        made |= {name.lower() for name in known[other.name.lower()]}
    return None if select.args.get("laterals") else made


def _plain(select: exp.Select, mention: exp.Table) -> bool:
    """Whether rows that WHERE drops may be missing from the beginning: not where others take their place."""
    if mention.args.get("pivots"):
        return False
    return all(map(_plain_join, select.args.get("joins") or []))


def _plain_join(join: exp.Join) -> bool:
    named = join.side in PLAIN_JOINS and join.kind in PLAIN_JOINS and not join.method
    return named and not isinstance(join.this, exp.Lateral)


def _column_of(part: exp.Expr) -> exp.Column | None:
    sides = (part.this, part.args.get("expression"))
    return next((each for each in sides if isinstance(each, exp.Column)), None)


def _condition(
    part: exp.Expr, name: str, columns: Mapping[str, str], given: Mapping[str, Parameter]
) -> Condition | None:
    kind = columns[name]
    if type(part) in OPERATORS:
        turned = isinstance(part.expression, exp.Column)
        operator = OPERATORS[type(part)]
        value = _value(part.this if turned else part.expression, kind, given)
        return None if value is None else _fit(name, kind, TURNED[operator] if turned else operator, [value])
    if isinstance(part, exp.Between):
        low, high = (_value(part.args[end], kind, given) for end in ("low", "high"))
        usual = kind == "date" and not part.args.get("symmetric")
        return Condition(name, "between", (low, high)) if usual and low and high else None
    if isinstance(part, exp.In) and not part.args.get("query") and part.expressions:
        listed = [_value(each, kind, given) for each in part.expressions]
        return None if None in listed else _fit(name, kind, "in", [each for each in listed if each is not None])
    return None


def _fit(name: str, kind: str, operator: str, values: list[str | date]) -> Condition | None:
    """Texts are compared for equality only: their order may be another where the statement runs."""
    return Condition(name, operator, tuple(values)) if kind == "date" or operator in ("=", "in") else None


def _value(node: exp.Expr | None, kind: str, given: Mapping[str, Parameter]) -> str | date | None:
    """A plain value of the column's kind; None where it is none, or one that is only known when the statement runs."""
    if isinstance(node, exp.Parameter | exp.Placeholder):
        bound = given.get(node.name)
        text = bound.text if bound and (bound.kind == kind or (bound.kind, kind) == ("text", "date")) else None
    elif isinstance(node, exp.Cast) and node.to.this is exp.DataType.Type.DATE and isinstance(node.this, exp.Literal):
        text = node.this.name if kind == "date" else None
    else:
        text = node.name if isinstance(node, exp.Literal) and node.is_string else None
    if text is None or kind not in ("text", "date"):
        return None
    if kind == "text":
        return text
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def number(text: str) -> Decimal | None:
    """A number as people type it; None when it is none."""
    try:
        found = Decimal(text.replace(",", "").replace("\u2212", "-").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
