"""The words of messages: placeholders by a table of cases, changing and going back on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.applications import followup
from models.applications.access import find
from models.core.actor import SYSTEM
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, WrongState
from models.core.unit_of_work import UnitOfWork
from models.identity.roles import role_book
from models.notices.tables import Notice
from models.reference import queries, wording
from models.reference.messages import MESSAGES, SAMPLE, WORDS, filled, wording_problems
from tests.support.acting import acting, codes
from tests.support.build import Build
from tests.support.requests import Office

TURN = "review_turn"


@pytest.fixture
def ines(build: Build, uow: UnitOfWork) -> UnitOfWork:
    """An ecosystem manager."""
    return acting(uow, build.actor("ecosystem_manager", name="Inês Duarte"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("{partner}. {stage}. {due}", "Nordlicht. Business review."),
        ("{due} {partner}", "Nordlicht"),
        ("{partner}  {stage}", "Nordlicht  Business review"),
        ("{stage}{partner}", "Business reviewNordlicht"),
        ("{{partner}}", "{Nordlicht}"),
        ("no placeholder", "no placeholder"),
        ("", ""),
    ],
)
def test_what_has_no_value_leaves_no_gap(words: str, expected: str) -> None:
    facts = {"partner": "Nordlicht", "stage": "Business review", "due": ""}
    assert filled(words, facts) == expected


def test_a_value_is_never_read_as_a_placeholder() -> None:
    assert filled("{comment}", {"comment": "{partner}  <b>", "partner": "Nordlicht"}) == "{partner}  <b>"


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("{case} waits", "{partner}: {due}", []),
        (" ", "", ["MSG-SUBJECT"]),
        ("x" * 201, "", ["MSG-SUBJECT"]),
        ("Two\nlines", "", ["MSG-SUBJECT"]),
        ("Waits", "x" * 2001, ["MSG-LONG"]),
        ("{patner} waits", "{amount} {amount}", ["MSG-UNKNOWN", "MSG-UNKNOWN"]),
        ("{case waits", "", ["MSG-BRACE"]),
        ("{case} waits", "{due date}", ["MSG-BRACE"]),
        ("{question}", "", ["MSG-UNKNOWN"]),
    ],
)
def test_words_that_mean_nothing_are_refused(subject: str, text: str, expected: list[str]) -> None:
    assert [problem.code for problem in wording_problems(MESSAGES[TURN], subject, text)] == expected


def test_what_every_message_came_with_is_whole() -> None:
    for message in MESSAGES.values():
        assert wording_problems(message, message.subject, message.text) == []
        assert set(message.placeholders) <= set(WORDS)
        assert set(message.placeholders) <= set(SAMPLE)


def told(office: Office) -> list[tuple[str, str]]:
    """What reviewers are told of a new request."""
    case_id = office.reviewed()
    with office.as_(SYSTEM) as uow:
        found = find(uow, case_id)
        followup.follow(uow, case_id, 0, found.state.seq)
        stmt = select(Notice.title, Notice.text).where(Notice.user_id == office.joris.user_id).order_by(Notice.key)
        return [(title, text) for title, text in uow.session.execute(stmt) if found.number in title]


def test_a_review_is_told_in_the_words_in_force(office: Office, ines: UnitOfWork) -> None:
    ((title, text),) = told(office)
    assert title.endswith(" Shelves for the fair waits for your decision")
    assert text.startswith("Nordlicht Systems. Business review. Due ")
    ines = acting(ines, ines.actor)
    row = wording.set_words(ines, TURN, "Please decide: {case}", "{stage} for {partner}", expected=None)
    ((title, text),) = told(office)
    assert title.startswith("Please decide: REQ-")
    assert text == "Business review for Nordlicht Systems"
    wording.roll_back(acting(ines, ines.actor), TURN, None, expected=row)
    ((title, _),) = told(office)
    assert title.endswith("waits for your decision")


def test_earlier_words_stay_and_come_back(ines: UnitOfWork) -> None:
    first = wording.set_words(ines, TURN, "First {case}", "One", expected=None)
    second = wording.set_words(ines, TURN, "Second {case}", "Two", expected=first)
    with pytest.raises(ChangedMeanwhile, match="Inês Duarte changed these words meanwhile"):
        wording.set_words(ines, TURN, "Third {case}", "", expected=first)
    wording.roll_back(ines, TURN, first, expected=second)
    row = next(each for each in wording.messages(ines) if each.key == TURN)
    assert (row.subject, row.text) == ("First {case}", "One")
    assert sorted((each.text, each.until is None) for each in wording.texts(ines, TURN)) == [
        ("One", False), ("One", True), ("Two", False)
    ]  # fmt: skip
    assert row.changed is not None
    wording.roll_back(ines, TURN, None, expected=row.changed.id)
    assert wording.told(ines, TURN, {"case": "C", "partner": "P", "stage": "S"}) == (
        "C waits for your decision", "P. S."
    )  # fmt: skip
    actions = [each.action for each in queries.history(ines, *queries.MESSAGES)]
    assert sorted(actions) == 3 * ["message_text.changed"] + ["message_text.restored"]
    with pytest.raises(WrongState):
        wording.roll_back(ines, TURN, None, expected=None)
    with pytest.raises(NotFound):
        wording.roll_back(ines, "asked", first, expected=None)


def test_refused_words_change_nothing(ines: UnitOfWork) -> None:
    refused = codes(lambda: wording.set_words(ines, TURN, "{nothing}", "", expected=None))
    assert refused == ["MSG-UNKNOWN"]
    with pytest.raises(NotFound):
        wording.set_words(ines, "no_such", "Subject", "", expected=None)
    assert wording.texts(ines, TURN) == []


def test_only_managers_change_words_and_only_some_read_them(build: Build, uow: UnitOfWork) -> None:
    partner, may_read = build.partner(), set()
    for role in [*role_book().vendor, *role_book().partner]:
        work = acting(uow, build.actor(role, partner=partner if role in role_book().partner else None))
        if role not in ("administrator", "ecosystem_manager"):
            with pytest.raises(NotAllowed):
                wording.set_words(work, TURN, "Mine", "", expected=None)
        try:
            wording.messages(work)
            may_read.add(role)
        except NotAllowed:
            pass
    assert may_read == {"administrator", "ecosystem_manager", "finance"}
