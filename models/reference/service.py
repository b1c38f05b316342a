"""Managers change reference data: each change has a validity and says who made it; what has passed stays as it was."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from models.core.countries import country_codes
from models.core.errors import ChangedMeanwhile, NotFound, Problem, Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.reference import calendars, rules
from models.reference.rules import DayKind, Validity
from models.reference.tables import CalendarException, TaxRate, WorkingHours

MANAGE = "reference.manage"
Row = CalendarException | WorkingHours | TaxRate
Kind = TypeVar("Kind", CalendarException, WorkingHours, TaxRate)


# ---- entering ----


def add_exception(
    uow: UnitOfWork, country: str, kind: DayKind, name: str, first: date, last: date | None = None
) -> UUID:
    """Make days of a country's calendar holidays, or working days; `last` is included, and `first` if not given.

    Raises:
        NotAllowed: no role of the actor manages reference data.
        Refused: everything wrong with it at once; days that have passed, or that were changed already.
    """
    country, name, wanted = _begin(uow, country), name.strip(), Validity(first, last or first)
    row = CalendarException
    others = [each.validity for each in _in_use(uow, row, row.country == country)]
    calendar = calendars.calendar_book(uow).of(country)
    problems = rules.exception_problems(kind, wanted, others, calendar, name=name, today=uow.today)
    made = CalendarException(country=country, kind=kind, name=name, **_dated(uow, wanted))
    return _entered(uow, made, problems, {"country": country, kind.value: name})


def set_hours(uow: UnitOfWork, country: str, opens: time, closes: time, first: date, last: date | None = None) -> UUID:
    """Say when a country's working day begins and ends, from a day on; hours without an end that came before end.

    Raises:
        NotAllowed: no role of the actor manages reference data.
        Refused: the day closes before it opens, has passed, or other hours are known for it.
    """
    country, wanted, row = _begin(uow, country), Validity(first, last), WorkingHours
    others = _make_room(uow, _in_use(uow, row, row.country == country), wanted)
    problems = rules.hours_problems(opens, closes) + rules.validity_problems(wanted, others, today=uow.today)
    made = WorkingHours(country=country, opens=opens, closes=closes, **_dated(uow, wanted))
    return _entered(uow, made, problems, {"country": country, "hours": f"{opens:%H:%M}-{closes:%H:%M}"})


def set_tax(uow: UnitOfWork, country: str, tax: str, percent: Decimal, first: date, last: date | None = None) -> UUID:
    """Say what a tax of a country is in per cent, from a day on; a rate without an end that came before ends.

    Raises:
        NotAllowed: no role of the actor manages reference data.
        Refused: no such rate can be, its first day has passed, or another rate is known for it.
    """
    country, tax, wanted, row = _begin(uow, country), tax.strip(), Validity(first, last), TaxRate
    others = _make_room(uow, _in_use(uow, row, row.country == country, row.tax == tax), wanted)
    problems = rules.tax_problems(tax, percent) + rules.validity_problems(wanted, others, today=uow.today)
    made = TaxRate(country=country, tax=tax, percent=percent, **_dated(uow, wanted))
    return _entered(uow, made, problems, {"country": country, tax: f"{percent} %"})


def _begin(uow: UnitOfWork, country: str) -> str:
    uow.actor.demand(MANAGE)
    if (code := country.strip().upper()) not in country_codes():
        raise Refused(Problem("REF-COUNTRY", "A country has two letters, such as DE or CN.", "country"))
    return code


def _dated(uow: UnitOfWork, wanted: Validity) -> dict[str, Any]:
    return {
        "first_day": wanted.first, "last_day": wanted.last, "created_at": uow.now, "created_by_name": uow.actor.name,
        "ended_at": None, "ended_by_name": None, "withdrawn": False,
    }  # fmt: skip


def _in_use(uow: UnitOfWork, kind: type[Kind], *where: Any) -> list[Kind]:
    """What a new entry must not overlap; nobody else enters one of the kind until the transaction ends."""
    if uow.session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        uow.session.connection().execute(select(func.pg_advisory_xact_lock(func.hashtext(kind.__tablename__))))
    stmt = select(kind).where(kind.withdrawn.is_(False), *where).order_by(kind.first_day)
    return list(uow.session.scalars(stmt.with_for_update()))


def _make_room(uow: UnitOfWork, rows: list[WorkingHours] | list[TaxRate], wanted: Validity) -> list[Validity]:
    """The validities beside the wanted one, once what has no end and began before it ends the day before."""
    for row in rows:
        if row.last_day is None and row.first_day < wanted.first and wanted.first >= uow.today:
            _ended(uow, row, wanted.first - timedelta(days=1))
    return [row.validity for row in rows]


def _entered(uow: UnitOfWork, made: Row, problems: list[Problem], changes: dict[str, Any]) -> UUID:
    if problems:
        raise Refused(problems)
    uow.session.add(made)
    uow.session.flush()
    subject = str(made.__tablename__)
    uow.record(f"{subject}.entered", subject, made.id, changes=changes | {"valid": str(made.validity)})
    _counts(uow, made)
    return made.id


def _counts(uow: UnitOfWork, row: Row) -> None:
    if not isinstance(row, TaxRate):
        calendars.changed(uow)


# ---- ending ----


def end(uow: UnitOfWork, kind: type[Kind], row_id: UUID, last: date, *, expected: int) -> None:
    """Let an entry count until the day `last`, which is included; one that has not begun by then is taken back.

    `expected` is the version that the person saw.

    Raises:
        NotAllowed: no role of the actor manages reference data.
        NotFound: there is no such entry.
        WrongState: it was taken back already.
        ChangedMeanwhile: somebody else changed it since.
        Refused: days that have passed would change, or it would last longer.
    """
    uow.actor.demand(MANAGE)
    row = uow.session.scalar(select(kind).where(kind.id == row_id).with_for_update())
    if row is None:
        raise NotFound("There is no such entry.")
    if row.withdrawn:
        raise WrongState(f"{row.ended_by_name} took this back already.")
    if row.version != expected:
        raise ChangedMeanwhile(f"{row.ended_by_name or 'Somebody'} changed this meanwhile. Look at it again.")
    if problems := rules.end_problems(row.validity, last, today=uow.today):
        raise Refused(problems)
    _ended(uow, row, last)


def _ended(uow: UnitOfWork, row: Row, last: date) -> None:
    before = str(row.validity)
    row.withdrawn = last < row.first_day
    if not row.withdrawn:
        row.last_day = last
    row.ended_at, row.ended_by_name = uow.now, uow.actor.name
    uow.session.flush()
    subject = str(row.__tablename__)
    after = "withdrawn" if row.withdrawn else str(row.validity)
    words = {"country": row.country, "what": _words(row), "valid": [before, after]}
    uow.record(f"{subject}.{'withdrawn' if row.withdrawn else 'ended'}", subject, row.id, changes=words)
    _counts(uow, row)


def _words(row: Row) -> str:
    match row:
        case CalendarException():
            return row.name
        case WorkingHours():
            return f"{row.opens:%H:%M}-{row.closes:%H:%M}"
        case TaxRate():
            return f"{row.tax} {row.percent} %"
