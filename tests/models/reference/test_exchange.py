"""Reference data as CSV: out and in again without loss; a file with one wrong row enters nothing."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.applications.types import application_type
from models.catalog import queries as catalog
from models.core.actor import SYSTEM
from models.core.clock import BUSINESS_ZONE
from models.core.errors import NotAllowed, Refused
from models.core.paging import FIRST_PAGE
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.design import drafting, publishing
from models.design.edits import ChangeType
from models.design.tables import DesignDraft
from models.engines.lists import Asked
from models.identity.tables import UserAccount
from models.lists.queries import open_list, read
from models.reference import exchange, overview, queries, service, wording
from models.reference.exchange import Entered
from models.reference.rules import DayKind
from tests.support.acting import acting, codes
from tests.support.build import Build
from tests.support.mdf import Fund

NOW = datetime(2026, 7, 20, 10, tzinfo=BUSINESS_ZONE)
DAYS, TAXES = "country,kind,name,first_day,last_day\r\n", "country,tax,percent,first_day,last_day\r\n"


@pytest.fixture
def ines(build: Build, uow: UnitOfWork) -> UnitOfWork:
    """An ecosystem manager on a Monday."""
    return acting(uow.at(NOW), build.actor("ecosystem_manager", name="Inês Duarte"))


def test_what_goes_out_comes_in_and_is_known_the_second_time(ines: UnitOfWork) -> None:
    text = DAYS + 'DE,holiday,"Company day, all",2026-07-27,2026-07-27\r\nDE,workday,\'=Swap,2026-08-01,2026-08-01\r\n'
    assert exchange.imported(ines, "days", text.encode("utf-8-sig")) == Entered(2, 0)
    assert sorted(row.name for row in queries.exceptions(ines)) == ["=Swap", "Company day, all"]
    assert sorted(exchange.exported(ines, "days").split("\r\n")) == sorted(text.split("\r\n"))
    assert exchange.imported(ines, "days", exchange.exported(ines, "days").encode()) == Entered(0, 2)


def test_hours_and_taxes_go_out_as_they_are(ines: UnitOfWork) -> None:
    service.set_hours(ines, "DE", time(8), time(16, 30), date(2026, 8, 1))
    service.set_tax(ines, "EE", "VAT", Decimal("24.5"), date(2026, 8, 1), date(2026, 12, 31))
    assert exchange.exported(ines, "hours").endswith("\r\nDE,08:00,16:30,2026-08-01,\r\n")
    assert exchange.exported(ines, "taxes") == TAXES + "EE,VAT,24.5,2026-08-01,2026-12-31\r\n"


def test_every_wrong_row_is_named_with_its_line(ines: UnitOfWork) -> None:
    text = TAXES + "DE,VAT,19,2026-08-01,\r\nXX,VAT,19,2026-08-01,\r\nDE,VAT,much,2026-09-01,\r\nDE,VAT,7,31.1.27,\r\n"
    with pytest.raises(Refused) as refused:
        exchange.imported(ines, "taxes", text.encode())
    assert [(each.code, each.text[:7]) for each in refused.value.problems] == [
        ("REF-COUNTRY", "Line 3:"), ("CSV-PERCENT", "Line 4:"), ("CSV-DAY", "Line 5:")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ["CSV-HEADER"]),
        (b"country;kind\r\n", ["CSV-HEADER"]),
        (DAYS.encode() + b"DE,holiday\r\nDE\r\n", ["CSV-CELLS", "CSV-CELLS"]),
        (DAYS.encode() + b'DE,"holiday\r\n', ["CSV-BROKEN"]),
        (b"\xff\xfe", ["CSV-TEXT"]),
        (b"x" * 1_000_001, ["CSV-LONG"]),
        (DAYS.encode() + b"DE,feast,Day,2026-07-27,\r\n", ["CSV-KIND"]),
        (DAYS.encode() + 2 * b"DE,holiday,Day,2026-07-27,\r\n", ["REF-OVERLAP"]),
    ],
)
def test_what_is_no_such_file_is_refused(ines: UnitOfWork, content: bytes, expected: list[str]) -> None:
    assert codes(lambda: exchange.imported(ines, "days", content)) == expected


def test_who_may_only_look_takes_out_and_brings_nothing_in(build: Build, uow: UnitOfWork) -> None:
    mei = acting(uow.at(NOW), build.actor("finance"))
    assert exchange.exported(mei, "days") == DAYS
    with pytest.raises(NotAllowed):
        exchange.imported(mei, "days", DAYS.encode())
    joris = acting(uow.at(NOW), build.actor("reviewer_business"))
    with pytest.raises(NotAllowed):
        exchange.exported(joris, "days")
    assert DayKind("holiday").words == "Holiday"


def test_one_wrong_row_and_nothing_of_the_file_is_entered(database: str) -> None:
    text = TAXES + "DE,VAT,19,2126-08-01,\r\nDE,VAT,much,2126-09-01,\r\n"
    with pytest.raises(Refused, match="Line 3"), unit_of_work(actor=SYSTEM) as work:
        exchange.imported(work, "taxes", text.encode())
    with unit_of_work(actor=SYSTEM, read_only=True) as work:
        assert queries.taxes(work) == []


def test_messages_come_in_where_they_differ(ines: UnitOfWork) -> None:
    text = exchange.exported(ines, "messages").replace("{case} waits for your decision", "Decide {case}")
    assert exchange.imported(ines, "messages", text.encode()) == Entered(1, 16)
    assert next(row.subject for row in wording.messages(ines) if row.changed) == "Decide {case}"
    wrong = "message,subject,text\r\nasked,{boss} asks,\r\nno_such,Subject,\r\n"
    found = codes(lambda: exchange.imported(ines, "messages", wrong.encode()))
    assert found == ["MSG-UNKNOWN", "CSV-MESSAGE"]


def test_permissions_only_go_out(ines: UnitOfWork) -> None:
    text = exchange.exported(ines, "permissions")
    assert "\r\nreference.manage," in text
    assert codes(lambda: exchange.imported(ines, "permissions", text.encode())) == ["CSV-READ-ONLY"]


@pytest.mark.meets("FIN-MONEY-11")
def test_exchange_rates_are_the_same_records_as_those_of_the_catalogue(ines: UnitOfWork, build: Build) -> None:
    header = "source,counts_from,currency,base,value\r\n"
    text = header + "Month-end,2026-06-30,EUR,USD,1.0842\r\nMonth-end,2026-07-20,EUR,USD,1.1\r\n"
    assert exchange.imported(ines, "rates", text.encode()) == Entered(2, 0)
    assert catalog.rates(ines)["EUR"].value == Decimal("1.1")
    assert catalog.rates(ines, date(2026, 7, 1))["EUR"].value == Decimal("1.0842")
    assert exchange.exported(ines, "rates") == header + "Month-end,2026-07-20,EUR,USD,1.1\r\n"  # what is in force
    told = queries.history(ines, *queries.RATES)
    assert [(each.by, each.changes["EUR/USD"]) for each in reversed(told)] == [
        ("Inês Duarte", [None, "1.0842"]), ("Inês Duarte", [None, "1.1"])
    ]  # fmt: skip
    assert exchange.imported(ines, "rates", text.encode()).new == 1  # no longer in force, and said once more …
    assert len(queries.history(ines, *queries.RATES)) == 2  # … which changes nothing
    wrong = header + "Month-end,2026-07-21,EUR,USD,1\r\n,2026-07-01,EURO,USD,much\r\n"
    with pytest.raises(Refused) as refused:
        exchange.imported(ines, "rates", wrong.encode())
    assert [each.code for each in refused.value.problems] == ["RATE-FUTURE", "CSV-VALUE"]
    finance = acting(ines, build.actor("finance"))
    assert exchange.imported(finance, "rates", (header + "Bank,2026-07-01,ZAR,USD,0.0526\r\n").encode()).new == 1
    with pytest.raises(NotAllowed):
        exchange.imported(acting(ines, build.actor("analyst")), "rates", text.encode())


def test_limits_are_set_and_ended_from_a_file_by_somebody_else(ines: UnitOfWork, build: Build) -> None:
    joris = build.user("reviewer_business", name="Joris de Wit")
    me = ines.session.get_one(UserAccount, ines.actor.user_id)
    header = "email,decides_up_to,currency\r\n"
    row = f"{joris.email},25000.00,USD\r\n"
    assert exchange.imported(ines, "limits", (header + row).encode()) == Entered(1, 0)
    assert exchange.exported(ines, "limits") == header + row
    assert exchange.imported(ines, "limits", (header + row).encode()) == Entered(0, 1)
    assert exchange.imported(ines, "limits", f"{header}{joris.email},,USD\r\n".encode()).new == 1
    assert exchange.exported(ines, "limits") == header
    lines = (f"{me.email},1.00,USD", "nobody@example.com,1.00,USD", f"{joris.email},1,EUR", f"{joris.email},x,USD")
    wrong = header + "".join(f"{line}\r\n" for line in lines)
    with pytest.raises(Refused) as refused:
        exchange.imported(ines, "limits", wrong.encode())
    assert [each.code for each in refused.value.problems][1:] == ["CSV-EMAIL", "CSV-CURRENCY", "CSV-DECIDES_UP_TO"]
    shown = read(ines, open_list(ines, "limits"), Asked(), FIRST_PAGE).page.rows
    assert [(each.values["person"], each.values["state"], each.values["ended_by"]) for each in shown] == [
        ("Joris de Wit", "ended", "Inês Duarte")
    ]  # fmt: skip


def test_values_of_all_types_go_out_and_come_into_drafts(ines: UnitOfWork, build: Build) -> None:
    text = exchange.exported(ines, "values")
    header = "type,kind,key,value,version,since,agreed_by\r\n"
    assert text.startswith(header)
    assert "\r\nmdf,number,claim_within_days,90,3,,\r\n" in text
    changed = text.replace("claim_within_days,90,", "claim_within_days,120,").replace(", Webinar", ", Podcast")
    assert exchange.imported(ines, "values", changed.encode()).new == 1
    with ines.session.no_autoflush:
        (draft,) = ines.session.scalars(select(DesignDraft))
    assert draft.content["type"]["parameters"]["claim_within_days"] == 120
    assert application_type(ines, "mdf").parameters["claim_within_days"] == 90  # until a second person agrees
    rows = (
        "mdf,number,claim_within_days,soon,3,,", "mdf,number,claim_by_noon,1,3,,", "grants,number,a,1,3,,",
        "mdf,agreement,mdf_payment,x,3,,", "mdf,list,activity_types,[1,3,,",
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        exchange.imported(ines, "values", (header + "\r\n".join(rows)).encode())
    assert [each.code for each in refused.value.problems] == [
        "CSV-VALUE", "CSV-KEY", "CSV-TYPE", "CSV-KIND", "CSV-VALUE"
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        exchange.imported(acting(ines, build.actor("finance")), "values", text.encode())


def test_agreements_stand_with_their_text_and_version(ines: UnitOfWork) -> None:
    (row,) = overview.agreements(ines)
    (only,) = row.versions
    assert (row.type, row.title, only.number, only.since, only.by) == (
        "mdf", "Market Development Fund Payment Agreement", "1", None, ""
    )  # fmt: skip
    assert "promise up to the approved amount" in only.text


def test_a_changed_agreement_keeps_what_it_said_before(build: Build) -> None:
    fund = Fund(build)
    elif_ = build.actor("ecosystem_manager", name="Elif Demir")
    with fund.as_(fund.ines) as uow:
        draft = drafting.begin(uow, "mdf")
        drafting.change(uow, draft, ChangeType(("agreements", "mdf_payment", "text"), "Pay back what was wrong."))
        drafting.change(uow, draft, ChangeType(("agreements", "mdf_payment", "version"), "2"))
        publishing.propose(uow, draft, note="Shorter")
    with fund.as_(elif_) as uow:
        publishing.publish(uow, draft)
        (row,) = overview.agreements(uow)
    assert [(each.number, each.by, each.since is not None) for each in row.versions] == [
        ("2", "Elif Demir", True), ("1", "", False)
    ]  # fmt: skip
    assert row.versions[0].text == "Pay back what was wrong."
    assert "promise up to the approved amount" in row.versions[1].text
