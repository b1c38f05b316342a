"""What somebody tries who means no good: other people's drafts, amounts that are none, texts that break a page."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from models.applications import applying, reviewing
from models.applications.case_view import attachment, case_view
from models.applications.types import shipped
from models.benefits import service
from models.core.actor import Actor
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.payments import invoicing
from models.payments.invoicing import invoicing_pdf
from tests.support.mdf import APPLICATION, Fund


def test_what_the_partner_has_not_sent_is_read_by_no_vendor(fund: Fund) -> None:
    case_id = fund.approved()
    data = fund.claim_data(case_id)
    with fund.as_(fund.liis) as uow:
        applying.save_draft(uow, case_id, "reimbursement", data, expected=0)
        assert applying.draft(uow, case_id, "reimbursement").data == data
    proof = data["materials"][0]["attachment"][0]["sha256"]
    for vendor in (fund.joris, fund.ines, fund.build.actor("administrator", name="Ada Byron")):
        with fund.as_(vendor) as uow:
            with pytest.raises(NotAllowed, match="Only people of the partner"):
                applying.draft(uow, case_id, "reimbursement")
            with pytest.raises(NotFound, match="no such file in this case"):
                attachment(uow, case_id, proof)
            assert [each.form for each in case_view(uow, case_id).revisions] == ["application"]


def test_nobody_else_does_what_is_the_applicants(fund: Fund) -> None:
    case_id = fund.approved()
    data = fund.claim_data(case_id)
    eve = fund.build.actor("partner_admin", partner=fund.partner_named("Other"), name="Eve")
    reader = fund.build.actor("account_manager", partner=fund.partner, name="Tom Reader")
    administrator = fund.build.actor("administrator", name="Ada Byron")
    for person, refusal in ((eve, NotFound), (reader, NotAllowed), (administrator, NotAllowed)):
        with fund.as_(person) as uow:
            acts: list[Any] = [
                lambda: applying.save_draft(uow, case_id, "reimbursement", data, expected=0),
                lambda: applying.attach(
                    uow, case_id, "reimbursement", "materials.attachment", io.BytesIO(b"%PDF-1.4"), "a.pdf"
                ),
                lambda: applying.submit(uow, case_id, "reimbursement", data, key=fund.key()),
                lambda: applying.cancel(uow, case_id, key=fund.key()),
                lambda: applying.give_up(uow, case_id, key=fund.key()),
            ]
            for act in acts:
                with pytest.raises(refusal):
                    act()
    with fund.as_(fund.liis) as uow:
        assert applying.draft(uow, case_id, "reimbursement").version == 0
    assert fund.status(case_id) == "MDF application approved"


NO_AMOUNTS = (
    "NaN", "Infinity", "1e400", "-1", f"0.{'0' * 24}1", "1E-999999999", "\uff11\uff12", "1_0", "5\n", 5.0, {},
)  # fmt: skip


def test_an_amount_that_is_none_is_not_sent(fund: Fund) -> None:
    case_id = fund.begun()
    for amount in NO_AMOUNTS:
        budget = [{"item": "Venue", "mdf_used": True, "amount": amount}]
        with pytest.raises(Refused) as refused:
            fund.submit(case_id, "application", APPLICATION | {"budget": budget})
        assert "budget[0].amount" in {problem.field for problem in refused.value.problems}, amount
    assert fund.status(case_id) == "Draft"


def test_a_quota_is_not_raised_by_what_is_no_amount(fund: Fund) -> None:
    made = shipped("mdf")
    for amount in ("NaN", "sNaN", "Infinity", "1e400", "-5", "0", "1E-400", "100000000.01"):
        with fund.as_(fund.ines) as uow, pytest.raises(Refused, match="above zero"):
            service.raise_quota(uow, made, fund.partner.id, Decimal(amount), reason="Fair", key=fund.key())
    with fund.as_(fund.liis) as uow, pytest.raises(NotAllowed):
        service.raise_quota(uow, made, fund.partner.id, Decimal(5), reason="For us", key=fund.key())


def test_nothing_that_is_typed_keeps_the_invoicing_information_from_being_printed(
    fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = fund.invoiced()
    said = {"supplier_name": '<img src="file:///etc/passwd"/> & <b>', "supplier_email": f"a@b.{'c' * 9_000}"}
    rows = [(label, said["supplier_name" if label == "Supplier Name" else "supplier_email"]) for label in
            ("Supplier Name", "Email")]  # fmt: skip
    monkeypatch.setattr(invoicing, "_lines", lambda *given: tuple(rows))
    with fund.as_(fund.anna) as uow:
        assert invoicing_pdf(uow, case_id).startswith(b"%PDF-")
    eve = fund.build.actor("partner_admin", partner=fund.partner_named("Other"), name="Eve")
    with fund.as_(eve) as uow, pytest.raises(NotFound):
        invoicing_pdf(uow, case_id)


def test_only_whose_turn_it_is_decides_asks_claims_and_releases(fund: Fund) -> None:
    case_id = fund.applied()
    visit = fund.visit(case_id)
    administrator = fund.build.actor("administrator", name="Ada Byron")
    other = fund.build.actor("reviewer_business", name="Niamh Kavanagh")
    for person in (fund.sipho, fund.mei, fund.ines, administrator, fund.liis):
        for act in _acts(fund, case_id, visit, person):
            with pytest.raises(NotAllowed):
                act()
    with fund.as_(fund.joris) as uow:
        reviewing.claim(uow, case_id, visit)
    for act in _acts(fund, case_id, visit, other):
        with pytest.raises(NotAllowed, match="Joris de Wit"):
            act()
    with fund.as_(other) as uow, pytest.raises(NotAllowed, match="Only Joris de Wit can release it"):
        reviewing.release(uow, case_id, visit)
    assert fund.status(case_id) == "MDF application being reviewed"


def _acts(fund: Fund, case_id: UUID, visit: str, person: Actor) -> list[Callable[[], object]]:
    """Everything that a reviewer does, tried by somebody else."""

    def tried(act: Callable[[UnitOfWork], object]) -> Callable[[], object]:
        def do() -> object:
            with fund.as_(person) as uow:
                return act(uow)

        return do

    return [
        tried(lambda uow: reviewing.decide(uow, case_id, visit, "approve", key=fund.key())),
        tried(lambda uow: reviewing.ask(uow, case_id, visit, "Why?", key=fund.key())),
        tried(lambda uow: reviewing.claim(uow, case_id, visit)),
    ]


def test_four_eyes_outlast_a_rejection_and_made_up_stages_decide_nothing(fund: Fund) -> None:
    niamh = fund.build.actor("reviewer_business", "reviewer_finance", name="Niamh Kavanagh")
    case_id = fund.claimed()
    fund.decide(niamh, case_id, "approve")
    with pytest.raises(NotAllowed, match="earlier stage"):
        fund.decide(niamh, case_id, "approve")
    reasons = {"reason": "R-07 Invoices missing", "comment": "Again, please."}
    fund.decide(fund.sipho, case_id, "reject", **reasons)
    fund.submit(case_id, "reimbursement", fund.claim_data(case_id))
    fund.decide(fund.joris, case_id, "approve")
    finance = fund.visit(case_id)
    with fund.as_(fund.sipho) as uow:
        for over in ("nothing#1", "", "start#1"):
            with pytest.raises((WrongState, NotAllowed)):
                reviewing.decide(uow, case_id, over, "approve", key=fund.key())
        with pytest.raises(WrongState):
            reviewing.decide(uow, case_id, finance, "pay_everything", key=fund.key())
        with pytest.raises(ChangedMeanwhile):
            reviewing.decide(uow, case_id, finance, "approve", key=fund.key(), expected=1)
    assert fund.visit(case_id) == finance


def test_a_sign_that_a_database_keeps_in_no_text_is_dropped(fund: Fund) -> None:
    case_id = fund.begun()
    data = APPLICATION | {"activity_name": "Riga\x00 Cloud Day", "budget": [{"remarks": "\x00a"}]}
    with fund.as_(fund.liis) as uow:
        applying.save_draft(uow, case_id, "application", data, expected=0)
        kept = applying.draft(uow, case_id, "application").data
    assert (kept["activity_name"], kept["budget"]) == ("Riga Cloud Day", [{"remarks": "a"}])
    fund.submit(case_id, "application", APPLICATION | {"purpose": "Win\x00 customers."})
    visit = fund.visit(case_id)
    with fund.as_(fund.joris) as uow:
        asked = reviewing.ask(uow, case_id, visit, "Which\x00 hall?", key=fund.key())
        assert asked.visits[0].question is not None
        assert asked.visits[0].question.text == "Which hall?"
    with fund.as_(fund.liis) as uow:
        applying.answer(uow, case_id, visit, "Hall\x00 8", key=fund.key())
    fund.decide(fund.joris, case_id, "reject", reason="R-02 Plan or agenda incomplete", comment="Add\x00 it.")
    with fund.as_(fund.liis) as uow:
        view = case_view(uow, case_id)
    assert view.timeline[-2].comment == "Add it."
    assert view.revisions[0].data["purpose"] == "Win customers."
