"""What a statement needs of its tables: columns and rows that might count, never fewer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import Refused
from models.engines.sandbox.process import Parameter
from models.engines.sandbox.reading import Condition, number, parameters_of, read

SCHEMA = {
    "line": {"cycle": "date", "spent_on": "date", "partner_id": "text", "amount": "number"},
    "partner": {"partner_id": "text", "name": "text"},
}
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


def conditions(sql: str, *given: Parameter) -> tuple[tuple[Condition, ...], ...]:
    return read(sql, SCHEMA, given).tables["line"].alternatives


FROM_JANUARY = Condition("cycle", ">=", (JANUARY,))


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("SELECT 1 FROM line WHERE cycle >= '2026-01-01'", [FROM_JANUARY]),
        ("SELECT 1 FROM line WHERE '2026-01-01' <= cycle", [FROM_JANUARY]),
        ("SELECT 1 FROM line WHERE cycle >= DATE '2026-01-01' AND amount > 3", [FROM_JANUARY]),
        (
            "SELECT 1 FROM line WHERE cycle BETWEEN '2026-01-01' AND '2026-03-01'",
            [Condition("cycle", "between", (JANUARY, MARCH))],
        ),
        ("SELECT 1 FROM line WHERE partner_id IN ('a', 'b')", [Condition("partner_id", "in", ("a", "b"))]),
        (
            "SELECT name FROM line l LEFT JOIN partner p USING (partner_id) WHERE l.cycle >= '2026-01-01'",
            [FROM_JANUARY],
        ),
        ("SELECT name FROM line JOIN partner USING (partner_id) WHERE cycle >= '2026-01-01'", [FROM_JANUARY]),
    ],
)
def test_plain_conditions_say_which_rows_can_count(sql, wanted):
    assert [list(each) for each in conditions(sql)] == [wanted]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM line WHERE cycle >= '2026-01-01' OR amount > 3",
        "SELECT 1 FROM line WHERE NOT cycle >= '2026-01-01'",
        "SELECT 1 FROM line WHERE cycle >= (SELECT min(cycle) FROM line WHERE amount = 0)",
        "SELECT 1 FROM line ASOF JOIN partner ON line.partner_id >= partner.name WHERE cycle >= '2026-01-01'",
        "SELECT 1 FROM line POSITIONAL JOIN partner WHERE cycle >= '2026-01-01'",
        "SELECT * FROM line PIVOT (sum(amount) FOR partner_id IN ('a', 'b')) WHERE cycle >= '2026-01-01'",
        "SELECT spent_on AS cycle FROM line WHERE cycle >= '2026-01-01'",
        "SELECT 1 FROM line, (SELECT DATE '2020-01-01' AS cycle) x WHERE cycle >= '2026-01-01'",
        "SELECT 1 FROM line WHERE partner_id > 'a'",
        "SELECT 1 FROM line JOIN line other ON true WHERE other.amount > 3",
    ],
)
def test_where_rows_might_count_that_a_condition_drops_every_row_is_needed(sql):
    assert read(sql, SCHEMA).tables["line"].everything


def test_one_mention_without_a_condition_needs_every_row():
    both = "SELECT (SELECT count(*) FROM line), (SELECT count(*) FROM line WHERE cycle = '2026-01-01')"
    assert read(both, SCHEMA).tables["line"].everything


def test_values_of_parameters_count_and_are_never_pasted():
    given = Parameter("from", "date", "2026-01-01")
    reading = read("SELECT 1 FROM line WHERE cycle >= :from AND partner_id = $who", SCHEMA, [given])
    assert reading.sql == "SELECT 1 FROM line WHERE cycle >= $from AND partner_id = $who"
    assert reading.parameters == ("from", "who")
    assert reading.tables["line"].alternatives == ((FROM_JANUARY,),)


def test_colons_of_casts_slices_and_fields_are_no_parameters():
    reading = read("SELECT cycle::text, [1,2][a:b], {'a':1}, ':no', :yes FROM line, (SELECT 1 a, 2 b)", SCHEMA)
    assert reading.parameters == ("yes",)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT count(*) FROM line", {"cycle"}),
        ("SELECT sum(AMOUNT) FROM Line", {"amount"}),
        ("SELECT * FROM line", set(SCHEMA["line"])),
        ("SELECT COLUMNS('a.*') FROM line", set(SCHEMA["line"])),
        ("SELECT l FROM line l", set(SCHEMA["line"])),
        ("SELECT sum(amount) FROM line NATURAL JOIN partner", set(SCHEMA["line"])),
        ("SELECT name FROM line JOIN partner USING (partner_id)", {"partner_id"}),
        ("SELECT spent_on, count(*) FROM line, (SELECT 1) spent_on GROUP BY 1", {"spent_on"}),
        ("FROM line PIVOT (sum(amount) FOR partner_id IN ('a'))", set(SCHEMA["line"])),
    ],
)
def test_columns_that_might_be_meant_go_over(sql, columns):
    assert set(read(sql, SCHEMA).tables["line"].columns) == columns


@pytest.mark.parametrize("sql", ["", " ; ", "SELECT (", "SELECT 'a", "x" * 30_000, "SELECT " + "(" * 3_000])
def test_what_cannot_be_read_is_refused_in_words(sql):
    with pytest.raises(Refused) as refused:
        read(sql, SCHEMA)
    assert refused.value.problems[0].code == "SQL-REFUSED"


# ---- what goes over is enough: asked of a part, a statement answers what it answers of the whole ----

DAYS = st.dates(date(2026, 1, 1), date(2026, 4, 1)).map(lambda day: day.replace(day=1))
TESTS = st.one_of(
    st.builds("{0} {1} '{2}'".format, st.sampled_from(["cycle", "l.cycle", "spent_on"]),
              st.sampled_from(["=", "<", "<=", ">", ">="]), DAYS),
    st.builds("cycle BETWEEN '{0}' AND '{1}'".format, DAYS, DAYS),
    st.builds("l.partner_id IN ('{0}', '{1}')".format, st.sampled_from("abc"), st.sampled_from("abc")),
    st.sampled_from(["amount > 3", "name IS NULL", "name = 'A'", "NOT l.partner_id = 'a'", "p.partner_id = 'b'"]),
)  # fmt: skip
JOINS = ("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "ASOF LEFT JOIN", "POSITIONAL JOIN")
ROWS = [(date(2026, m, 1), date(2026, m, d), p, m * d) for m in (1, 2, 3) for d in (1, 5) for p in ("a", "b", None)]


@pytest.fixture(scope="module")
def duck():
    with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
        lines = pa.Table.from_pylist([dict(zip(SCHEMA["line"], row, strict=True)) for row in ROWS])
        connection.register("all_of_line", lines)
        partners = pa.Table.from_pylist([{"partner_id": key, "name": key.upper()} for key in "abd"])
        connection.register("all_of_partner", partners)
        yield connection


@settings(max_examples=60, deadline=None)
@given(st.lists(TESTS, min_size=1, max_size=3), st.sampled_from(["AND", "OR"]), st.sampled_from(JOINS))
def test_a_part_answers_what_the_whole_answers(duck, tests, word, join):
    on = {"ASOF LEFT JOIN": "ON l.partner_id >= p.partner_id", "POSITIONAL JOIN": ""}.get(
        join, "ON l.partner_id = p.partner_id"
    )
    sql = f"SELECT cycle, l.partner_id, amount, name FROM line l {join} partner p {on} WHERE {f' {word} '.join(tests)}"
    reading, answers = read(sql, SCHEMA), []
    for part in (False, True):
        for name in SCHEMA:
            needed = reading.tables[name]
            kept = f"SELECT {', '.join(needed.columns)} FROM all_of_{name} WHERE {of(needed.alternatives)}"
            duck.execute(f"CREATE OR REPLACE VIEW {name} AS {kept if part else f'FROM all_of_{name}'}")
        answers.append(sorted(duck.execute(reading.sql).fetchall(), key=str))
    assert answers[0] == answers[1]


def of(alternatives: tuple[tuple[Condition, ...], ...]) -> str:
    def one(each: Condition) -> str:
        values = [f"'{value}'" for value in each.values]
        match each.operator:
            case "in":
                return f"{each.column} IN ({', '.join(values)})"
            case "between":
                return f"{each.column} BETWEEN {values[0]} AND {values[1]}"
        return f"{each.column} {each.operator} {values[0]}"

    return " OR ".join("(" + " AND ".join(map(one, each)) + ")" if each else "true" for each in alternatives)


@pytest.mark.parametrize("name", ["date", "timestamp", "int", "decimal", "text", "varchar"])
def test_names_of_types_within_each_other_are_refused_before_they_are_read(name: str) -> None:
    """Each one more doubles the work of reading: forty would never end, in the process that serves everybody."""
    with pytest.raises(Refused, match="too many brackets"):
        read(f"SELECT {f'{name}(' * 40}1{')' * 40}", {"t": {"a": "text"}})
    with pytest.raises(Refused, match="too many brackets"):
        read(f"SELECT {'(' * 200}1{')' * 200}", {"t": {"a": "text"}})


def test_a_question_of_a_person_has_few_brackets() -> None:
    text = "SELECT date(max(cast(a AS date))), (((1 + (2 * (3 + 4))))) FROM t WHERE a IN (SELECT min(a) FROM t)"
    assert set(read(text, {"t": {"a": "text"}}).tables) == {"t"}


@pytest.mark.parametrize("function", ["no_such('line')", "unheard_of(1)"])
def test_only_tables_and_a_few_functions_stand_after_from(function: str) -> None:
    with pytest.raises(Refused, match="cannot stand after FROM: only tables of the schema can"):
        read(f"SELECT * FROM {function}", SCHEMA)
    assert read("SELECT * FROM range(3)", SCHEMA).tables == {}


@pytest.mark.parametrize(
    "sql",
    ["FROM line TABLESAMPLE 10%", "FROM line USING SAMPLE 5 ROWS", "FROM (FROM line TABLESAMPLE reservoir(10%)) x"],
)
def test_samples_are_refused_before_they_end_the_process(sql: str) -> None:
    with pytest.raises(Refused, match="Samples cannot be taken here"):
        read(f"SELECT * {sql}", SCHEMA)


def test_what_nests_without_brackets_is_refused_too() -> None:
    with pytest.raises(Refused, match="nested too deeply"):
        read(f"SELECT {'NOT ' * 4_900}true", {"t": {"a": "text"}})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT $since, :until, $since FROM line", ("since", "until")),
        ("SELECT '$text' FROM line", ()),
        ("SELECT 'never ends FROM line WHERE $x", ()),
    ],
)
def test_parameters_are_found_in_their_order_and_none_in_what_cannot_be_read(text: str, names: tuple[str, ...]) -> None:
    assert parameters_of(text) == names


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "2026-1-1"])
def test_a_day_that_there_is_not_says_nothing_of_which_rows_can_count(day: str) -> None:
    assert conditions(f"SELECT 1 FROM line WHERE cycle >= '{day}'") == ((),)


@pytest.mark.parametrize(
    ("text", "found"),
    [("1,234.50", Decimal("1234.50")), (" \u22127 ", Decimal(-7)), ("seven", None), ("NaN", None)],
)
def test_a_number_is_read_as_people_type_it(text: str, found: Decimal | None) -> None:
    assert number(text) == found
