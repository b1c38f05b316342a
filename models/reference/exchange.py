"""Reference data as CSV: what is in force or to come goes out; what comes in is entered whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from models.applications.types import application_types
from models.catalog import queries as catalog
from models.catalog import service as rates
from models.core.clock import business_date
from models.core.errors import DomainError, Problem, Refused
from models.core.spreadsheets import harmless
from models.core.unit_of_work import UnitOfWork
from models.design import drafting
from models.design.edits import ChangeType
from models.identity import queries as identity
from models.reference import overview, queries, service, wording
from models.reference.permissions import permissions
from models.reference.queries import Entry, Standing
from models.reference.rules import DayKind
from models.reviewers import queries as reviewers
from models.reviewers import service as limits

MOST_ROWS = 2_000
LONGEST_FILE = 1_000_000
"""Characters."""

Line = Mapping[str, str]
_LEFT = (Standing.IN_FORCE, Standing.COMING)
PLACES = {"number": "parameters", "list": "parameters", "reasons": "reasons"}
"""Where a type's content has each kind of value that can be entered."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of reference data as a file: its columns, its rows, and how a row is entered."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[UnitOfWork], Iterator[tuple[str, ...]]]
    enter: Callable[[UnitOfWork, Line], object] | None
    """None: it only goes out."""
    permission: str = service.MANAGE
    """What it takes to enter it."""
    help: str = ""
    """What one should know before entering it, as sentences."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How many rows were entered, and how many were there already."""

    new: int
    known: int


def exported(uow: UnitOfWork, sheet: str) -> str:
    """What is in force or to come, as CSV with a header.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(SHEETS[sheet].columns)
    writer.writerows([harmless(cell) for cell in row] for row in SHEETS[sheet].rows(uow))
    return text.getvalue()


def imported(uow: UnitOfWork, sheet: str, content: bytes) -> Entered:
    """Enter every row of a file; a row that is there already is passed over.

    Raises:
        NotAllowed: no role of the actor manages reference data.
        Refused: every row that cannot be entered, each with its line and the remedy; then nothing is entered.
    """
    made = SHEETS[sheet]
    uow.actor.demand(made.permission)
    if made.enter is None:
        raise Refused(Problem("CSV-READ-ONLY", f"{made.name} are not entered from a file."))
    known, problems, new, passed = set(made.rows(uow)), [], 0, 0
    for number, row in _lines(made, content):
        if tuple(row.values()) in known:
            passed += 1
            continue
        try:
            made.enter(uow, row)
            new += 1
        except DomainError as error:
            problems += [Problem(each.code, f"Line {number}: {each.text}", each.field) for each in error.problems]
    if problems:
        raise Refused(problems)
    return Entered(new, passed)


def _lines(sheet: Sheet, content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows with their line numbers; a first line that is not exactly the header, or too many cells, is refused."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(Problem("CSV-TEXT", "This is no UTF-8 text: save it as CSV UTF-8.")) from error
    if len(text) > LONGEST_FILE:
        raise Refused(Problem("CSV-LONG", f"A file has at most {LONGEST_FILE:,} characters: split it."))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if next(reader, None) != list(sheet.columns):
            raise Refused(Problem("CSV-HEADER", f"The first line has to be: {','.join(sheet.columns)}."))
        found = [(reader.line_num, [_plain(cell.strip()) for cell in row]) for row in reader if row]
    except csv.Error as error:
        raise Refused(Problem("CSV-BROKEN", f"Line {reader.line_num} cannot be read: {error}.")) from error
    if len(found) > MOST_ROWS:
        raise Refused(Problem("CSV-LONG", f"A file has at most {MOST_ROWS:,} rows: split it."))
    wrong = [
        Problem("CSV-CELLS", f"Line {number}: write {len(sheet.columns)} cells, there are {len(row)}.")
        for number, row in found
        if len(row) != len(sheet.columns)
    ]
    if wrong:
        raise Refused(wrong)
    return [(number, dict(zip(sheet.columns, row, strict=True))) for number, row in found]


def _plain(cell: str) -> str:
    """A cell without the sign that kept a spreadsheet from calculating it."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


# ---- cells ----


def _day(row: Line, column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise Refused(Problem("CSV-DAY", f"Write {column} as 2027-01-31.", column)) from None


def _last(row: Line) -> date | None:
    return _day(row, "last_day") if row["last_day"] else None


def _time(row: Line, column: str) -> time:
    try:
        return time.fromisoformat(row[column])
    except ValueError:
        raise Refused(Problem("CSV-TIME", f"Write {column} as 09:00.", column)) from None


def _kind(row: Line) -> DayKind:
    try:
        return DayKind(row["kind"])
    except ValueError:
        raise Refused(Problem("CSV-KIND", "Write holiday or workday.", "kind")) from None


def _number(row: Line, column: str, such_as: str) -> Decimal:
    try:
        return Decimal(row[column])
    except InvalidOperation:
        code = f"CSV-{column.upper()}"
        raise Refused(Problem(code, f"Write {column} as {such_as}.", column)) from None


def _written(raw: Any) -> str:
    """A value of a type as a cell: words and numbers as they are, lists and tables as JSON."""
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def _into_draft(uow: UnitOfWork, row: Line) -> None:
    """Another value goes into the draft of its type: it counts when a second person has agreed to it."""
    if row["type"] not in application_types(uow):
        raise Refused(Problem("CSV-TYPE", f"There is no application type {row['type']}.", "type"))
    place = PLACES.get(row["kind"])
    if place is None:
        raise Refused(Problem("CSV-KIND", "Numbers, lists and reasons are entered; others in the designer.", "kind"))
    of_type = (each for each in overview.values(uow) if (each.type, each.kind.value) == (row["type"], row["kind"]))
    known = next((each for each in of_type if each.key == row["key"]), None)
    if known is None:
        raise Refused(Problem("CSV-KEY", f"{row['type']} has no {row['key']}.", "key"))
    value = row["value"] if isinstance(known.raw, str) else _read(row["value"], known.raw)
    drafting.change(uow, drafting.begin(uow, row["type"]), ChangeType((place, row["key"]), value))


def _read(cell: str, like: Any) -> Any:
    """A cell as JSON, of the same sort as what it replaces."""
    try:
        found = json.loads(cell)
    except ValueError:
        found = None
    if type(found) is not type(like):
        raise Refused(Problem("CSV-VALUE", f"Write the value like {_written(like)[:60]}.", "value"))
    return found


def _set_limit(uow: UnitOfWork, row: Line) -> None:
    """An empty amount ends the limit of a person."""
    known = {person.email.lower(): person.id for person in identity.colleagues(uow)}
    if (person := known.get(row["email"].lower())) is None:
        text = "Nobody of the vendor's people who can sign in has this address."
        raise Refused(Problem("CSV-EMAIL", text, "email"))
    if (currency := row["currency"]) not in (used := {made.currency for made in application_types(uow).values()}):
        text = f"Write a currency that application types count in: {', '.join(sorted(used))}."
        raise Refused(Problem("CSV-CURRENCY", text, "currency"))
    amount = _number(row, "decides_up_to", "50000.00") if row["decides_up_to"] else None
    limits.set_limit(uow, person, amount, currency)


def _say(uow: UnitOfWork, row: Line) -> None:
    known = {each.key: each for each in wording.messages(uow)}
    if row["message"] not in known:
        raise Refused(Problem("CSV-MESSAGE", f"There is no such message. There is: {', '.join(known)}.", "message"))
    changed = known[row["message"]].changed
    wording.set_words(uow, row["message"], row["subject"], row["text"], expected=changed.id if changed else None)


def _days(row: Entry) -> tuple[str, str]:
    last = row.validity.last
    return row.validity.first.isoformat(), last.isoformat() if last else ""


SHEETS: Mapping[str, Sheet] = {
    "days": Sheet(
        "Holidays and working days", ("country", "kind", "name", "first_day", "last_day"),
        lambda uow: (
            (row.country, row.kind.value, row.name, *_days(row))
            for row in queries.exceptions(uow) if row.standing in _LEFT
        ),
        lambda uow, row: service.add_exception(
            uow, row["country"], _kind(row), row["name"], _day(row, "first_day"), _last(row)
        ),
    ),
    "hours": Sheet(
        "Working hours", ("country", "opens", "closes", "first_day", "last_day"),
        lambda uow: (
            (row.country, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}", *_days(row))
            for row in queries.hours(uow) if row.standing in _LEFT
        ),
        lambda uow, row: service.set_hours(
            uow, row["country"], _time(row, "opens"), _time(row, "closes"), _day(row, "first_day"), _last(row)
        ),
    ),
    "taxes": Sheet(
        "Tax rates", ("country", "tax", "percent", "first_day", "last_day"),
        lambda uow: (
            (row.country, row.tax, f"{row.percent:f}", *_days(row))
            for row in queries.taxes(uow) if row.standing in _LEFT
        ),
        lambda uow, row: service.set_tax(
            uow, row["country"], row["tax"], _number(row, "percent", "19 or 7.5"), _day(row, "first_day"), _last(row)
        ),
    ),
    "rates": Sheet(
        "Exchange rates", ("source", "counts_from", "currency", "base", "value"),
        lambda uow: (
            (source, on.isoformat(), currency, base, format(value.normalize(), "f"))
            for source, on, currency, base, value in catalog.newest_rates(uow)
        ),
        lambda uow, row: rates.enter_rate(
            uow, source=row["source"], on=_day(row, "counts_from"), currency=row["currency"], base=row["base"],
            value=_number(row, "value", "1.0842"),
        ), rates.MANAGE,
    ),
    "limits": Sheet(
        "Limits of reviewers", ("email", "decides_up_to", "currency"),
        lambda uow: (
            (person.email, f"{amount:.2f}", currency) for person, amount, currency in reviewers.limits_now(uow)
        ), _set_limit, limits.MANAGE,
    ),
    "values": Sheet(
        "Values of all types", ("type", "kind", "key", "value", "version", "since", "agreed_by"),
        lambda uow: (
            (row.type, row.kind.value, row.key, _written(row.raw), row.version,
             business_date(row.since).isoformat() if row.since else "", row.by)
            for row in overview.values(uow)
        ), _into_draft, drafting.EDIT,
        "What differs goes into the draft of its type, which a second person agrees to. ",
    ),
    "messages": Sheet(
        "Messages", ("message", "subject", "text"),
        lambda uow: ((row.key, row.subject, row.text) for row in wording.messages(uow)), _say,
    ),
    "permissions": Sheet(
        "Permissions", ("permission", "words", "vendor_roles", "partner_roles"),
        lambda uow: (
            (row.key, row.words, "; ".join(row.vendor), "; ".join(row.partner)) for row in permissions(uow)
        ), None,
    ),
}  # fmt: skip
