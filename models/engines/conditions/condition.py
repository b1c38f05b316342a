"""A compiled condition. Its answer is a real boolean or an error in words: an error value of CEL is true in Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from models.core.errors import Problem, Refused
from models.core.types import AMOUNT_PLACES
from models.engines.conditions.facts import CEL_TYPES, FactType, FactTypes, day, enter, leave, sum_of, units

_FUNCTIONS = [
    cel.FunctionDecl(
        "usd",
        [
            cel.Overload("usd_of_count", cel.Type.INT, [cel.Type.INT], False, units),
            cel.Overload("usd_of_text", cel.Type.INT, [cel.Type.STRING], False, units),
        ],
    ),
    cel.FunctionDecl("day", [cel.Overload("day_of_text", cel.Type.TIMESTAMP, [cel.Type.STRING], False, day)]),
    cel.FunctionDecl(
        "days_between",
        [
            cel.Overload(
                "days_between_dates", cel.Type.INT, [cel.Type.TIMESTAMP, cel.Type.TIMESTAMP], False,
                lambda first, last: (last - first).days,
            )
        ],
    ),
    cel.FunctionDecl(
        "sum_usd",
        [
            cel.Overload("sum_of_rows", cel.Type.INT, [CEL_TYPES["rows"], cel.Type.STRING], False, sum_of),
            cel.Overload(
                "sum_of_some_rows", cel.Type.INT, [CEL_TYPES["rows"], cel.Type.STRING, cel.Type.STRING], False, sum_of
            ),
        ],
    ),
]  # fmt: skip
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")
_EXPECTED = re.compile(
    r"(?:mismatched|extraneous) input '(.*?)' expecting|no viable .* input '(.*?)'|error at: '(.*?)'"
)
_CLASH = re.compile(r"no matching overload for '(.*?)' applied to '\((.*?)\)'")
_KINDS = {
    "int": "a number or amount", "string": "a text", "bool": "yes or no", "double": "a number with a point (write "
    "usd('1.50'))", "timestamp": "a date", "google.protobuf.Timestamp": "a date", "list": "rows",
    "google.protobuf.Duration": "a span of time",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition over facts of declared types; safe to share between threads."""

    expression: str
    types: FactTypes
    _compiled: Any

    def evaluate(self, facts: Mapping[str, Any], *, missing: bool | None = None) -> bool:
        """Whether it is true for the facts (JSON values by name).

        When a fact is missing that decides, the answer is `missing`: form conditions say False, as nothing was typed
        yet; a workflow says nothing and refuses.

        Raises:
            Refused: a fact that decides is missing (CONDITION-FACT), or a value is not what it was declared to be.
        """
        entered = enter(self.types, facts)
        value = self._compiled.eval(data=entered).value()
        if value is True or value is False:
            return bool(value)
        named = sorted(set(self.types) - set(entered))
        if named and missing is not None:
            return missing
        raise _unknown(self.expression, named, value)


@dataclass(frozen=True, slots=True)
class Formula:
    """An amount that is worked out from facts of declared types."""

    expression: str
    types: FactTypes
    _compiled: Any

    def evaluate(self, facts: Mapping[str, Any]) -> Decimal | None:
        """The amount, exact; None while a fact that it needs is missing.

        Raises:
            Refused: a value is not what it was declared to be (CONDITION-FACT).
        """
        entered = enter(self.types, facts)
        value = self._compiled.eval(data=entered).value()
        if isinstance(value, int):
            return Decimal(value).scaleb(-AMOUNT_PLACES)
        named = sorted(set(self.types) - set(entered))
        if named:
            return None
        raise _unknown(self.expression, named, value)


@dataclass(frozen=True, slots=True)
class Worth:
    """A value of a type that is worked out from facts of declared types."""

    expression: str
    types: FactTypes
    kind: FactType
    _compiled: Any

    def evaluate(self, facts: Mapping[str, Any]) -> Any:
        """The JSON value.

        Raises:
            Refused: a fact that it needs is missing, a value is not what it was declared to be, or the result does not
                fit its type (CONDITION-FACT).
        """
        entered = enter(self.types, facts)
        value = self._compiled.eval(data=entered).value()
        try:
            return leave(self.kind, value)
        except ValueError:
            raise _unknown(self.expression, sorted(set(self.types) - set(entered)), value) from None


def _named(expression: str, types: FactTypes) -> tuple[tuple[str, FactType], ...]:
    """The facts that an expression names: only they are declared, so that a fact that is called like a word of CEL
    (`type`) stands in nobody's way."""
    return tuple(
        (name, kind)
        for name, kind in sorted(types.items())
        if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", expression)
    )


def _unknown(expression: str, named: list[str], value: object) -> Refused:
    text = f"Not known yet: {', '.join(named)}." if named else f"It cannot be worked out: {value}."
    return Refused(Problem("CONDITION-FACT", f"{text} It is: {expression}"))


def compiled(expression: str, types: FactTypes) -> Condition:
    """The condition that an expression means over facts of these types; compiled once.

    Raises:
        Refused: it is no condition over these facts; says what is wrong, and where.
    """
    condition: Condition = _compiled(Condition, expression, _named(expression, types))
    return condition


def formula(expression: str, types: FactTypes) -> Formula:
    """The amount that an expression works out over facts of these types; compiled once.

    Raises:
        Refused: it works out no amount; says what is wrong, and where.
    """
    made: Formula = _compiled(Formula, expression, _named(expression, types))
    return made


def worked_out(expression: str, types: FactTypes, kind: FactType) -> Worth:
    """The value of a type that an expression works out over facts of these types; compiled once.

    Raises:
        Refused: it works out no such value; says what is wrong, and where.
    """
    found = _value(expression, _named(expression, types), kind)
    return Worth(expression, dict(found.types), kind, found._compiled)


@lru_cache(maxsize=1024)
def _value(expression: str, types: tuple[tuple[str, FactType], ...], kind: FactType) -> Any:
    return _made(Condition, expression, types, CEL_TYPES[kind], f"It works out no {kind.replace('_', ' or ')}.")


_ANSWERS = {
    Condition: (cel.Type.BOOL, "It is no condition: write something that is true or false."),
    Formula: (cel.Type.INT, "It works out no amount."),
}  # fmt: skip


@lru_cache(maxsize=1024)
def _compiled(kind: Any, expression: str, types: tuple[tuple[str, FactType], ...]) -> Any:
    return _made(kind, expression, types, *_ANSWERS[kind])


def _made(kind: Any, expression: str, types: tuple[tuple[str, FactType], ...], wanted: cel.Type, otherwise: str) -> Any:
    if not expression.strip():
        raise Refused(Problem("CONDITION", "There is no condition yet: choose or write one.", expression))
    environment = cel.NewEnv(variables={name: CEL_TYPES[kind_] for name, kind_ in types}, functions=_FUNCTIONS)
    try:
        found = environment.compile(expression)
    except Exception as error:  # the library raises RuntimeError and others for what a manager mistyped
        raise Refused(Problem("CONDITION", _words(expression, str(error)), expression)) from None
    if found.return_type() != wanted:
        raise Refused(Problem("CONDITION", f"{otherwise} It is: {expression}", expression))
    return kind(expression, dict(types), found)


def _words(expression: str, message: str) -> str:
    """What is wrong, and at which character."""
    place = _PLACE.search(message)
    if taken := re.search(r"variable '(.*?)' declared multiple times", message):
        return f"{taken[1]} is a word of the language: give the field another name. It is: {expression}"
    if place is None:
        return f"It cannot be read: {expression}"
    what = place[3].partition(" (in container")[0].replace("undeclared reference to", "there is no fact")
    what = _plainer(what.replace("[INVALID_ARGUMENT]", "").removeprefix("Syntax error: ").strip())
    return f"{what[:1].upper()}{what[1:]}, at character {place[2]} of: {expression}"


def _plainer(said: str) -> str:
    """What the library says, in words of people who write conditions now and then."""
    if "'<EOF>'" in said:
        return "it ends too early"
    if stopped := _EXPECTED.search(said):
        sign = stopped[1] or stopped[2] or stopped[3]
        return "write == for is" if sign.strip() == "=" else f"{sign.strip()} cannot stand there"
    if clash := _CLASH.search(said):
        kinds = [_KINDS.get(kind.strip().partition("(")[0], kind.strip()) for kind in clash[2].split(",")]
        sign = clash[1].strip("_")
        return (
            f"{' and '.join(kinds)} do not go together in {sign}"
            if len(kinds) > 1
            else f"{sign} takes no {kinds[0].removeprefix('a ')}"
        )
    return said
