"""Conditions as a manager chooses them: a field, how it compares, a value; several joined by "and" or by "or".

What is chosen is written as CEL, and CEL of that shape is read back; any other CEL stays what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from models.core.errors import Problem, Refused
from models.engines.conditions import FactType
from models.engines.conditions.facts import units
from models.engines.definitions.loading import Content
from models.engines.workflow.lint_decisions import Compared, compared

Joined = Literal["all", "any"]
JOINED: Mapping[Joined, str] = {"all": "All of these hold", "any": "One of these holds"}
_MARKS: Mapping[Joined, str] = {"all": "&&", "any": "||"}

_ORDER = {">": "is more than", ">=": "is at least", "<": "is less than", "<=": "is at most", "==": "is", "!=": "is not"}
SIGNS: Mapping[str, Mapping[str, str]] = {
    "usd": _ORDER,
    "count": _ORDER,
    "date": {
        ">": "is after", ">=": "is on or after", "<": "is before", "<=": "is on or before", "==": "is on",
        "!=": "is not on",
    },
    "text": {"==": "is", "!=": "is not"},
    "yes_no": {"==": "is yes", "!=": "is no"},
}  # fmt: skip
"""By kind of field: how it can be compared, in words."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A field that conditions can use: what people call it, its kind, and what it may be where it is chosen."""

    name: str
    label: str
    kind: FactType
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A condition as it was chosen."""

    parts: tuple[Compared, ...]
    joined: Joined = "all"


def facts_of(content: Content) -> dict[str, Fact]:
    """Every field that conditions of a type can use, by name: first the amounts that cases are about, the one that is
    known earliest before the others, then in the order of the definition."""
    raw = content["type"]
    kinds = dict(raw.get("facts", {}))
    for process in content.get("processes", {}).values():
        kinds |= process.get("facts", {})
    fields = {field["name"]: field for field in _fields(content)}
    found = {}
    first = [name for name in reversed(raw.get("amount") or ()) if name in kinds]
    for name, kind in ({name: kinds[name] for name in first} | kinds).items():
        field = fields.get(name, {})
        found[name] = Fact(name, str(field.get("label") or name.replace("_", " ").capitalize()), kind,
                           _options(field.get("options"), raw.get("parameters", {})))  # fmt: skip
    return found


def _fields(content: Content) -> list[Mapping[str, Any]]:
    """What applicants and reviewers fill in; where both have a field of a name, the applicant's counts."""
    sources = [content["type"], *content.get("processes", {}).values()]
    nodes = [node for source in sources for node in source.get("workflow", {}).get("nodes", {}).values()]
    decisions = [decision for node in nodes for decision in (node.get("decisions") or {}).values()]
    forms = [form for source in sources for form in source.get("forms", {}).values()]
    asked = [field for decision in decisions for field in decision.get("fields", ())]
    return asked + [field for form in forms for step in form.get("steps", ()) for field in step.get("fields", ())]


def _options(raw: Any, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    if isinstance(raw, str) and raw.startswith("$"):
        raw = parameters.get(raw[1:])
    return tuple(map(str, raw)) if isinstance(raw, list | tuple) else ()


def comparable(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Those that can be compared with a value."""
    return {name: fact for name, fact in facts.items() if fact.kind in SIGNS}


def read(condition: str, facts: Mapping[str, Fact]) -> Chosen | None:
    """A condition as somebody could have chosen it; None: it says more than can be chosen."""
    kinds = {name: fact.kind for name, fact in facts.items()}
    joined: Joined = "any" if "||" in condition and "&&" not in condition else "all"
    parts = [compared(part.strip(), kinds) for part in condition.split(_MARKS[joined])]
    known = tuple(part for part in parts if part is not None and part.sign in SIGNS[kinds[part.fact]])
    return Chosen(tuple(map(_plain, known)), joined) if len(known) == len(parts) else None


def _plain(part: Compared) -> Compared:
    """`urgent != false` is `urgent`."""
    if part.value != "false":
        return part
    return Compared(part.fact, "!=" if part.sign == "==" else "==", "true")


def written(chosen: Chosen, facts: Mapping[str, Fact]) -> str:
    """What was chosen, as CEL.

    Raises:
        Refused: a value is not of its field's kind; says what to write.
    """
    return f" {_MARKS[chosen.joined]} ".join(_written(part, facts[part.fact]) for part in chosen.parts)


def _written(part: Compared, fact: Fact) -> str:
    match fact.kind:
        case "yes_no":
            return fact.name if part.sign == "==" else f"!{fact.name}"
        case "text":
            value = "'" + part.value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        case "date":
            value = f"day('{_day(part.value, fact)}')"
        case "count":
            value = _count(part.value, fact)
        case _:
            value = _amount(part.value, fact)
    return f"{fact.name} {part.sign} {value}"


def _day(value: str, fact: Fact) -> str:
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise _refused(fact, "write a day such as 2026-05-21") from None


def _count(value: str, fact: Fact) -> str:
    try:
        return str(int(value.replace(",", "").strip()))
    except ValueError:
        raise _refused(fact, "write a whole number such as 12") from None


def _amount(value: str, fact: Fact) -> str:
    try:
        amount = Decimal(value.replace(",", "").strip())
        units(str(amount))
    except (InvalidOperation, ValueError):
        raise _refused(fact, "write an amount such as 50000 or 8640.50") from None
    return (
        f"usd({amount:f})"
        if amount == amount.to_integral_value() and "." not in f"{amount:f}"
        else f"usd('{amount:f}')"
    )


def _refused(fact: Fact, text: str) -> Refused:
    return Refused(Problem("DESIGN-VALUE", f"{fact.label}: {text}.", fact.name))


def beginning(fact: Fact) -> Compared:
    """What a new comparison of a field says until somebody changes it."""
    sign = next(iter(SIGNS[fact.kind]))
    options = {"text": fact.options[0] if fact.options else "", "date": "2026-01-01", "yes_no": "true"}
    return Compared(fact.name, sign, options.get(fact.kind, "0"))


def some_condition(facts: Mapping[str, Fact]) -> str:
    """What a condition says until somebody chooses: of an amount where there is one."""
    usable = comparable(facts)
    first = next((fact for fact in usable.values() if fact.kind == "usd"), next(iter(usable.values()), None))
    return written(Chosen((beginning(first),)), usable) if first else "true"


def in_words(condition: str, facts: Mapping[str, Fact]) -> str:
    """A condition as people read it; what cannot be read that way stays as it was written."""
    if condition.strip() == "true":
        return "always"
    chosen = read(condition, facts)
    if chosen is None:
        return condition
    return (" and " if chosen.joined == "all" else " or ").join(_words(part, facts[part.fact]) for part in chosen.parts)


def _words(part: Compared, fact: Fact) -> str:
    sign = SIGNS[fact.kind][part.sign]
    if fact.kind == "yes_no":
        return f"{fact.label} {sign}"
    if fact.kind == "usd":
        return f"{fact.label} {sign} {Decimal(part.value):,.2f}"
    return f"{fact.label} {sign} {part.value or 'empty'}"
