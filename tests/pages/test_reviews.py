"""The review queue, the payment desk, all cases and the page of a case, as people of each role use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from models.applications import reviewing
from models.applications.access import find
from models.applications.case_view import case_view
from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from tests.support.build import Build
from tests.support.mdf import Fund
from tests.support.pages import page, texts

QUEUE, DESK, CASES, CASE = "reviews/queue.py", "money/payments.py", "reviews/cases.py", "reviews/case.py"


@pytest.fixture
def made(on_sqlite: str) -> Iterator[Callable[[Callable[[Fund], UUID]], tuple[Fund, UUID]]]:
    """Makes a case in some state; the clock then stands where the case's story ended."""
    clocks = []

    def make(story: Callable[[Fund], UUID]) -> tuple[Fund, UUID]:
        with unit_of_work(actor=SYSTEM) as uow:
            fund = Fund(Build(uow))
            case_id = story(fund)
        clock = clock_at(fund.now)
        clock.__enter__()
        clocks.append(clock)
        return fund, case_id

    yield make
    for clock in reversed(clocks):
        clock.__exit__(None, None, None)


def status(case_id: UUID) -> str:
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        return find(uow, case_id).state.status


def press(test: AppTest, words: str) -> AppTest:
    """Press the button that begins with these words."""
    return next(button for button in test.button if button.label.startswith(words)).click().run()


def confirm(test: AppTest) -> AppTest:
    """Press the dialog's own button."""
    return test.button(key="decide_now").click().run()


def shown(script: str, actor: Actor, **query: Any) -> AppTest:
    test = page(script, actor, **query).run()
    assert not test.exception, test.exception
    return test


@pytest.mark.meets("BEN-VND-15")
def test_a_reviewer_reads_and_approves_in_one_place(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.applied())
    test = shown(QUEUE, fund.joris)
    read = texts(test)
    for words in ("1 review waits", "Riga Cloud Day", "8,640.00", "Quota covers the amount", "Road ahead",
                  "MDF application being reviewed", "No similar activity", "Nordlicht Systems"):  # fmt: skip
        assert words in read, words
    test = press(test, "Approve")
    assert status(case_id) == "MDF application approved"
    assert "MDF-2026-0001 Riga Cloud Day: Application review approved." in texts(test)
    assert "Nothing waits for you here" in texts(test)


@pytest.mark.meets("BEN-VND-15", "BEN-VND-16")
def test_a_rejection_needs_its_reason_and_keeps_what_was_typed(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.applied())
    test = press(shown(QUEUE, fund.joris), "Reject")
    test.text_area(key="comment").set_value("The agenda has no afternoon.")
    test = confirm(test)
    assert "Choose a reason from the list." in texts(test)
    assert test.text_area(key="comment").value == "The agenda has no afternoon."
    assert status(case_id) == "MDF application being reviewed"
    test.selectbox(key="reason").set_value("R-02 Plan or agenda incomplete")
    confirm(test)
    assert status(case_id) == "MDF application rejected"
    with unit_of_work(read_only=True, actor=fund.liis) as uow:
        rejected = case_view(uow, case_id).timeline[-2]
    assert (rejected.reason, rejected.comment) == ("R-02 Plan or agenda incomplete", "The agenda has no afternoon.")


def test_a_title_is_no_markdown_in_what_is_said_to_the_reviewer(made: Any) -> None:
    """A picture would tell its owner who looks at it, and when."""
    fund, case_id = made(
        lambda fund: fund.applied(activity_name=r"![x](https://spy.example/x.png) \[y](//spy.example)")
    )
    test = press(shown(QUEUE, fund.joris), "Approve")
    unlinked = "https:\u2060//spy.example/x.png"  # an invisible sign: otherwise the address alone became a link
    said = rf"!\[x\]({unlinked}) \\\[y\](//spy.example): Application review approved."
    assert test.success[0].value == f"MDF-2026-0001 {said}"
    assert status(case_id) == "MDF application approved"


def test_a_claim_says_when_the_claim_was_sent_and_names_a_file_at_everything_it_proves(made: Any) -> None:
    def story(fund: Fund) -> UUID:
        case_id = fund.approved()
        data = fund.claim_data(case_id)
        proof = data["materials"][0]["attachment"][:1]
        fund.submit(case_id, "reimbursement", data | {"materials": [{"attachment": proof}, {"attachment": proof}, {}]})
        return case_id

    fund, _ = made(story)
    read = texts(shown(QUEUE, fund.joris))
    assert "Nordlicht Systems · submitted Aug 10, 2026" in read
    assert read.count(">venue.pdf</a>") == 2
    assert "2 files" in read


@pytest.mark.parametrize("script", [QUEUE, DESK, CASES])
def test_an_address_may_ask_for_anything(made: Any, script: str) -> None:
    fund, _ = made(lambda fund: fund.applied())
    sipho = _another(fund, "reviewer_finance", "Sipho Mbeki")
    for search in ("x" * 60_000, "Riga\x00", "%_/\\'\""):
        assert "could not be drawn" not in texts(shown(script, sipho, q=search, stage=search))


def test_a_question_goes_to_the_partner(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.applied())
    test = press(shown(QUEUE, fund.joris), "Ask")
    test = press(press(test, "Not yet"), "Ask")
    test.text_area(key="question").set_value("Which hall?")
    test = press(test, "Ask the partner")
    assert "the question is with the partner" in texts(test)
    assert "The partner owes an answer" in texts(test)
    with unit_of_work(read_only=True, actor=fund.liis) as uow:
        assert case_view(uow, case_id).may.answer is not None


def test_the_second_of_two_is_told_who_was_first(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.claimed())
    niamh = _another(fund, "reviewer_business", "Niamh Kavanagh")
    theirs = shown(QUEUE, niamh)
    assert "Joris de Wit has it open too" not in texts(theirs)
    mine = shown(QUEUE, fund.joris)
    assert "Niamh Kavanagh has it open too" in texts(mine)
    press(mine, "Approve")
    late = press(theirs, "Approve")
    assert not late.exception
    assert "Joris de Wit changed this case at 10:00 (GMT+08:00)" in texts(late)
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        assert find(uow, case_id).state.visited["finance_review"] == 1


@pytest.mark.meets("BEN-VND-15")
def test_a_click_never_falls_on_the_case_that_came_up_meanwhile(made: Any) -> None:
    fund, first = made(lambda fund: fund.applied())
    with unit_of_work(actor=SYSTEM) as uow:
        fund.build.uow = uow
        second = fund.applied(activity_name="Vilnius Data Fair")
    theirs = shown(QUEUE, _another(fund, "reviewer_business", "Niamh Kavanagh"))
    press(shown(QUEUE, fund.joris), "Approve")
    late = press(theirs, "Approve")
    assert "Joris de Wit changed this case" in texts(late)
    assert "Vilnius Data Fair" in texts(late)
    assert (status(first), status(second)) == ("MDF application approved", "MDF application being reviewed")


def _another(fund: Fund, role: str, name: str) -> Actor:
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        build._numbers = fund.build._numbers
        return build.actor(role, name=name)


def test_a_held_review_says_who_holds_it(made: Any) -> None:
    fund, _ = made(lambda fund: fund.applied())
    press(shown(QUEUE, fund.joris), "Claim")
    niamh = _another(fund, "reviewer_business", "Niamh Kavanagh")
    test = shown(QUEUE, niamh)
    assert "Joris de Wit holds this review. Ask them to release it." in texts(test)
    assert not [button for button in test.button if button.label.startswith("Approve")]
    press(shown(QUEUE, fund.joris), "Release")
    assert press(shown(QUEUE, niamh), "Approve")


@pytest.mark.meets("BEN-VND-19", "BEN-VND-20")
def test_finance_records_the_invoice_and_pays(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.paying())
    assert "No review waits" in texts(shown(QUEUE, fund.mei))
    test = press(shown(DESK, fund.mei), "Paid")
    test = confirm(test)
    assert "Fill in: Paid on." in texts(test)
    test.date_input(key="decision:paid_on").set_value(fund.now.date())
    test.text_input(key="decision:bank_reference").set_value("DB-77120")
    test = confirm(test)
    assert "MDF-2026-0001 Riga Cloud Day: Payment paid." in texts(test)
    assert status(case_id) == "Completed"
    read = texts(shown(CASE, fund.liis, case=str(case_id)))
    for words in ("Completed", "Payment: paid", "Mei Tan", "PR-MDF-2026-0001", "Received on Aug 12, 2026",
                  "Paid on Aug 10, 2026 · Bank reference DB-77120"):  # fmt: skip
        assert words in read, words
    paid = read[read.index("Attempt 1: paid, bank reference DB-77120") :].partition("</tr>")[0]
    assert paid.endswith('<td class="num">8,640.00</td>')
    assert "What lies ahead" not in read


@pytest.mark.meets("BEN-VND-20")
def test_who_agreed_to_a_payment_is_not_asked_again(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.received())
    press(shown(DESK, fund.mei), "Accept")
    read = texts(press(shown(DESK, fund.mei), "Approve"))
    assert "No payment step waits." in read
    assert "Nothing waits for you here" in read
    assert "1 payment step waits" in texts(shown(DESK, fund.henrik))
    linked = texts(shown(DESK, fund.mei, case=str(case_id)))
    assert "You have decided here already; it needs somebody else as well." in linked


def test_what_was_done_at_the_payment_desk_is_said_in_a_sentence(made: Any) -> None:
    fund, _ = made(lambda fund: fund.received())
    test = press(shown(DESK, fund.mei), "Accept")
    assert "MDF-2026-0001 Riga Cloud Day: accepted the invoice." in texts(test)


def test_filters_live_in_the_address(made: Any) -> None:
    fund, _ = made(lambda fund: fund.applied())
    for query, found in (({"q": "riga"}, True), ({"q": "vilnius"}, False), ({"stage": "Business review"}, False),
                         ({"stage": "Application review"}, True), ({"only": "overdue"}, False)):  # fmt: skip
        read = texts(shown(QUEUE, fund.joris, **query))
        assert ("Riga Cloud Day" in read) is found, query
        assert ("No review matches" in read) is not found, query


def test_a_search_without_a_hit_is_taken_back_with_one_press(made: Any) -> None:
    fund, _ = made(lambda fund: fund.applied())
    test = shown(QUEUE, fund.joris, q="vilnius", stage="Business review", only="overdue")
    assert "No review matches" in texts(test)
    read = texts(press(test, "Clear all"))
    assert "1 review waits" in read
    assert "Riga Cloud Day" in read
    assert not [button for button in shown(QUEUE, fund.joris).button if button.label == "Clear all"]


def test_what_lies_ahead_stands_once(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.applied())
    decided = texts(shown(QUEUE, fund.joris))
    assert decided.count(">Business review<") == 1
    assert "Application review</b> <span" in decided  # whom it waits for stays in the history
    assert texts(shown(CASE, fund.ines, case=str(case_id))).count(">Business review<") == 1


def test_partner_reviewer_and_manager_read_the_same_history(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.granted())
    histories = set()
    for actor in (fund.liis, fund.joris, fund.ines):
        read = texts(shown(CASE, actor, case=str(case_id)))
        assert "MDF reimbursement approved" in read
        histories.add(read[read.index('class="k tl"') :].partition("</div></div>")[0])
    assert len(histories) == 1


def test_a_case_that_is_not_shown_says_so_in_words(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.begun())
    for query in ({"case": str(case_id)}, {"case": str(UUID(int=5))}):
        read = texts(shown(CASE, fund.joris, **query))
        assert "This case is not shown" in read
        assert "There is no such case among those you may see." in read
    for query in ({}, {"case": "nonsense"}):
        assert "No case is named" in texts(shown(CASE, fund.joris, **query))


def test_a_case_that_the_queue_does_not_list_is_shown_or_refused_in_words(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.applied())
    away = texts(shown(QUEUE, fund.joris, q="vilnius", case=str(case_id)))
    assert "No review here." in away
    assert "MDF application · Riga Cloud Day" in away
    with unit_of_work(actor=fund.joris) as uow:
        reviewing.decide(uow, case_id, "application_review#1", "approve", key="elsewhere")
    over = texts(shown(QUEUE, fund.joris, case=f"{case_id}/application_review#1"))
    assert "This review is over" in over
    assert "Application review: approved, Joris de Wit" in over
    assert "It is now: MDF application approved." in over
    for asked, words in ((str(UUID(int=5)), "There is no such case"), ("nonsense", "The address names no case.")):
        assert words in texts(shown(QUEUE, fund.joris, case=asked))


def test_what_came_back_says_why_and_what_changed(made: Any) -> None:
    def story(fund: Fund) -> UUID:
        case_id = fund.claimed()
        fund.decide(fund.joris, case_id, "reject", reason="R-08 Amounts differ from the invoices", comment="See venue.")
        spent = [
            {"item": "Venue", "mdf_used": True, "amount": "6060.00"},
            {"item": "Catering", "mdf_used": True, "amount": "2500.00"},
        ]
        more = {"expenses": spent, "over_budget_reason": "The hall was larger."}
        fund.submit(case_id, "reimbursement", fund.claim_data(case_id, **more))
        return case_id

    fund, _ = made(story)
    read = texts(shown(QUEUE, fund.joris))
    for words in ("8,560.00", "80.00 under the approved 8,640.00", "Changed since last time",
                  "R-08 Amounts differ from the invoices “See venue.”", "To decide on", "60.00 over",
                  "Objectives against actual values"):  # fmt: skip
        assert words in read, words
    changed = read[read.index("Changed since last time") :].partition("</table>")[0]
    assert "Actual Expenses: Venue, amount(USD)" in changed
    assert '<span class="mu">6,000.00</span>' in changed
    assert '<span class="chg">6,060.00</span>' in changed


def test_who_decides_nothing_sees_everybodys_queue_and_no_button(made: Any) -> None:
    fund, _ = made(lambda fund: fund.claimed())
    test = shown(QUEUE, fund.ines)
    assert "1 review waits" in texts(test)
    assert not [button for button in test.button if button.label.startswith(("Approve", "Reject", "Claim", "Ask"))]
    for actor in (fund.liis, fund.anna):
        assert "Your roles do not allow this." in texts(page(QUEUE, actor).run())
        assert "Your roles do not allow this." in texts(page(DESK, actor).run())


def test_a_case_says_in_a_sentence_where_its_money_is(made: Any) -> None:
    fund, case_id = made(lambda fund: fund.received())
    read = texts(shown(CASE, fund.ines, case=str(case_id)))
    assert "<b>8,640.00 USD</b> waits for <b>Finance or Finance reviewer</b> (Invoice review)" in read
    assert "Aug 10" in read[read.index('class="k life"') :].partition("</div></div>")[0]
    assert "waits for <b>you</b>" in texts(shown(CASE, fund.mei, case=str(case_id)))


def test_all_cases_are_found_by_status_and_words(made: Any) -> None:
    fund, _ = made(lambda fund: fund.approved())
    assert "1 case" in texts(shown(CASES, fund.ines))
    assert "No case matches" in texts(shown(CASES, fund.ines, status="Completed"))
    assert "1 case" in texts(shown(CASES, fund.ines, q="nordlicht", status="MDF application approved", order="-number"))
