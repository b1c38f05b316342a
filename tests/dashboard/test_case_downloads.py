"""Files of a case and its printed invoicing information: for whoever may see the case, in words for everybody else."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import downloads, session
from dashboard.session import cookie
from models.core.actor import SYSTEM
from models.core.unit_of_work import unit_of_work
from tests.support.build import Build
from tests.support.mdf import INVOICING, Fund

SEES = {
    "administrator", "ecosystem_manager", "reviewer_program", "reviewer_technical", "reviewer_business",
    "reviewer_finance", "finance", "partner_admin", "account_director", "account_manager", "finance_specialist",
}  # fmt: skip
NOT = {"analyst"}
VENUE = b"%PDF-1.4\n% venue.pdf\n%%EOF\n"


@pytest.fixture
def browser(on_sqlite: str) -> TestClient:
    return TestClient(Starlette(routes=downloads.routes))


class Case:
    """An invoiced case, one of its files, and people of every role."""

    def __init__(self, fund: Fund) -> None:
        self.id = fund.granted()
        self.sha = sha256(VENUE).hexdigest()
        fund.submit(self.id, "invoicing", INVOICING, fund.anna)
        self.draft = fund.begun()
        foreign = fund.partner_named("Harbor & Finch")
        self.people = {"foreign": fund.build.actor("partner_admin", partner=foreign)}
        for role in SEES | NOT:
            own = role in ("partner_admin", "account_director", "account_manager", "finance_specialist")
            self.people[role] = fund.build.actor(role, partner=fund.partner if own else None)


@pytest.fixture
def case(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The cookie names who is asking; that a real one is asked for is seen with exports."""
    with unit_of_work(actor=SYSTEM) as uow:
        made = Case(Fund(Build(uow)))
    monkeypatch.setattr(session, "actor_of", lambda request: made.people.get(request.cookies.get(cookie())))
    return made


def get(browser: TestClient, path: str, token: str | None) -> tuple[int, str, str]:
    browser.cookies.clear()
    if token:
        browser.cookies.set(cookie(), token)
    answer = browser.get(path)
    assert answer.headers["cache-control"] == "private, no-store"
    kind = answer.headers["content-type"].partition(";")[0]
    return answer.status_code, kind, answer.text if kind == "text/plain" else answer.headers["content-disposition"]


@pytest.mark.meets("BEN-COM-06")
def test_a_file_is_for_every_role_that_may_see_the_case(browser: TestClient, case: Case) -> None:
    path = f"/files/{case.id}/{case.sha}"
    for role in SEES:
        status, kind, said = get(browser, path, role)
        assert (status, kind) == (200, "application/pdf"), (role, said)
        assert said.startswith('attachment; filename="venue.pdf"')
    assert browser.get(path).content == VENUE
    assert get(browser, path, "analyst")[0] == 403
    assert get(browser, path, None) == (
        401, "text/plain", "Sign in, then open the page that the file belongs to and download it from there.",
    )  # fmt: skip


@pytest.mark.meets("BEN-MDI-02")
def test_the_invoicing_information_is_printed_for_whoever_sees_the_case(browser: TestClient, case: Case) -> None:
    path = f"/invoicing/{case.id}.pdf"
    for role in ("finance_specialist", "partner_admin", "finance", "account_manager"):
        status, kind, said = get(browser, path, role)
        assert (status, kind, said) == (200, "application/pdf", 'inline; filename="invoicing-information.pdf"'), role
    assert browser.get(path).content.startswith(b"%PDF-")
    status, _, said = get(browser, f"/invoicing/{case.draft}.pdf", "partner_admin")
    assert (status, said) == (409, "The invoicing information was not sent yet. Fill it in, then print it.")


@pytest.mark.parametrize("path", ["/files/{case}/{sha}", "/invoicing/{case}.pdf"])
def test_another_partner_learns_no_more_than_that_there_is_nothing(browser: TestClient, case: Case, path: str) -> None:
    def asked(case_id: UUID, sha: str) -> tuple[int, str, str]:
        return get(browser, path.format(case=case_id, sha=sha), "foreign")

    words = "There is no such case among those you may see."
    assert asked(case.id, case.sha) == (404, "text/plain", words)
    assert asked(uuid4(), case.sha) == (404, "text/plain", words)


def test_a_file_of_another_case_is_not_in_this_one(browser: TestClient, case: Case) -> None:
    for sha in ("0" * 64, "nonsense"):
        status, _, said = get(browser, f"/files/{case.id}/{sha}", "partner_admin")
        assert (status, said) == (404, "There is no such file in this case.")


@pytest.mark.meets("BEN-COM-06", "BEN-MDR-06")
def test_the_template_that_a_form_names_is_there_for_whoever_is_signed_in(browser: TestClient, case: Case) -> None:
    path = downloads.template_address("Template of MDF Marketing Activity Summary")
    assert path == "/templates/template-of-mdf-marketing-activity-summary.docx"
    status, kind, said = get(browser, path, "account_manager")
    assert (status, said.split("; ")[1]) == (200, 'filename="template-of-mdf-marketing-activity-summary.docx"')
    with ZipFile(BytesIO(browser.get(path).content)) as document:
        assert b"MDF Marketing Activity Summary" in document.read("word/document.xml")
    assert kind.endswith("wordprocessingml.document")
    assert get(browser, path, None)[0] == 401
    for name in ("kontor.css", "%2e%2e", "a%00b", "a" * 5000):
        assert get(browser, f"/templates/{name}", "account_manager")[0] == 404, name
    assert downloads.template_address("Something else") is None
