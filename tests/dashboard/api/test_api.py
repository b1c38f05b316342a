"""The API: whose request it is, what it opens to whom, how it refuses; every route with every role."""

from __future__ import annotations

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from dashboard import session
from dashboard.api import access
from dashboard.api.app import ADDRESS, described
from dashboard.api.limits import Limits
from models.core.actor import SYSTEM
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.exports import service as exports
from models.identity import service as identity
from models.identity.rules import UserStatus
from models.identity.tables import UserAccount
from models.tokens import service
from models.tokens.rules import TokenArea
from tests.dashboard.api.conftest import ROLES, Programs, token_for
from tests.support import ROOT
from tests.support.build import PASSWORD

PROBLEM = "application/problem+json"
ASK = {"measures": ["customers"], "by": ["partner"]}
EXPLAIN = {"question": {"measures": ["associations"]}, "by": "partner"}
LINES = {"kind": "expenditures.lines", "asked": {"from": "2026-06", "to": "2026-07"}}


def operations() -> list[tuple[str, str]]:
    """Every method and path of the description."""
    return [(way.upper(), path) for path, ways in described()["paths"].items() for way in ways]


def call(programs: Programs, role: str, way: str, path: str, export: str) -> Any:
    """One well-formed request of an operation."""
    bodies = {"/queries": ASK, "/queries/file": ASK, "/queries/explain": EXPLAIN, "/exports": LINES}
    body = bodies.get(path) if way == "POST" else None
    filled = path.replace("{case_id}", str(programs.home)).replace("{export_id}", export)
    return programs.ask(role, way, filled, json=body)


def expected(programs: Programs, role: str, way: str, path: str) -> set[int]:
    """The statuses that a well-formed request of somebody of a role may have."""
    may = programs.actors[role].may
    if path.startswith("/cases"):
        side = "reviews.view" if programs.actors[role].is_vendor else "benefits.view"
        return {200} if may(side) else {403}
    if path.startswith("/exports"):
        if not may("exports.create"):
            return {403}
        return {202} if way == "POST" else {409} if path.endswith("/file") else {200}
    if path in ("/queries", "/queries/explain"):
        return {200} if may("statistics.view") else {403}
    if path == "/queries/file":
        return {200} if may("statistics.view") and may("exports.create") else {403}
    return {200}


def test_every_operation_answers_every_role_by_its_permissions(programs: Programs) -> None:
    order = sorted(operations(), key=lambda each: each[0] != "POST")  # an export first, to be read by the others
    wrong = []
    for role in ROLES:
        export = str(uuid4())
        for way, path in order:
            answer = call(programs, role, way, path, export)
            if answer.status_code == 202:
                export = answer.json()["id"]
            if answer.status_code not in expected(programs, role, way, path):
                wrong.append((role, way, path, answer.status_code, answer.text[:300]))
    assert wrong == []


def test_a_partners_program_sees_its_own_rows_alone(programs: Programs) -> None:
    foreign = str(programs.foreign)
    for role in ROLES:
        if programs.actors[role].is_vendor or not programs.actors[role].may("benefits.view"):
            continue
        for path in (f"/cases/{foreign}", f"/cases/{foreign}/timeline"):
            assert programs.ask(role, "GET", path).status_code == 404
        listed = programs.ask(role, "GET", "/cases").json()["rows"]
        assert foreign not in {row["id"] for row in listed}
    seen = programs.ask("reviewer_business", "GET", "/cases").json()["rows"]
    assert {str(programs.home), foreign} <= {row["id"] for row in seen}


def test_a_case_stands_as_its_page_says(programs: Programs) -> None:
    found = programs.ask("partner_admin", "GET", f"/cases/{programs.home}").json()
    assert (found["type"], found["amount"], found["currency"]) == ("mdf", "8640.00000000", "USD")
    assert found["waits_for"][0]["stage"]
    told = programs.ask("partner_admin", "GET", f"/cases/{programs.home}/timeline").json()
    assert told[0]["by"] == "Liis Tamm"
    assert told[-1]["current"]
    page = programs.ask("reviewer_business", "GET", "/cases?size=1").json()
    rest = programs.ask("reviewer_business", "GET", "/cases", params={"size": 1, "cursor": page["next"]}).json()
    assert page["rows"][0]["id"] != rest["rows"][0]["id"]
    assert programs.ask("reviewer_business", "GET", "/cases?open=false").json()["rows"] == []
    assert programs.ask("reviewer_business", "GET", "/cases?type=nothing").json()["rows"] == []
    damaged = programs.ask("reviewer_business", "GET", "/cases?cursor=nonsense")
    assert (damaged.status_code, damaged.json()["detail"]) == (
        422, "This link to a page of the list is damaged. Open the list again.",
    )  # fmt: skip


def test_neither_a_cookie_nor_anything_else_is_a_token(programs: Programs) -> None:
    email = ""
    with unit_of_work(actor=SYSTEM) as uow:
        user = uow.session.get_one(UserAccount, programs.actors["administrator"].user_id)
        email = user.email
        cookie = identity.sign_in(uow, email, PASSWORD)
    programs.client.cookies.set(session.cookie(), cookie)
    assert session.person_of(programs.client.cookies) is not None
    for headers in ({}, {"authorization": "Basic abc"}, {"authorization": f"Bearer {cookie}"},
                    {"authorization": "Bearer kontor_" + "x" * 43}):  # fmt: skip
        answer = programs.client.get(f"{ADDRESS}/measures", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_opens_the_areas_it_was_made_for(programs: Programs) -> None:
    only = token_for(programs.actors["ecosystem_manager"], TokenArea.CASES)
    for path, status in (("/cases", 200), ("/measures", 403), ("/exports", 403), ("/token", 200)):
        answer = programs.client.get(f"{ADDRESS}{path}", headers={"authorization": f"Bearer {only}"})
        assert answer.status_code == status, path
    assert answer.json()["areas"] == ["cases"]


def test_a_blocked_person_is_nobody_at_once(programs: Programs) -> None:
    assert programs.ask("analyst", "GET", "/measures").status_code == 200
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.get_one(UserAccount, programs.actors["analyst"].user_id).status = UserStatus.LOCKED
    assert programs.ask("analyst", "GET", "/measures").status_code == 401


def test_the_use_of_a_token_is_remembered(programs: Programs) -> None:
    programs.ask("analyst", "GET", "/token")
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        found = service.bearer(uow, programs.tokens["analyst"])
        assert found is not None
        assert found.last_used_at is not None


def test_too_many_requests_wait(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_API_REQUESTS_PER_MINUTE", "2")
    settings.cache_clear()
    limits = Limits(clock=lambda: time)
    monkeypatch.setattr(access, "LIMITS", limits)
    time = 0.0
    assert [programs.ask("analyst", "GET", "/token").status_code for _ in range(3)] == [200, 200, 429]
    answer = programs.ask("analyst", "GET", "/token")
    assert answer.headers["retry-after"] == "30"
    assert answer.json()["problems"][0]["code"] == "TOO-MANY"
    assert programs.ask("finance", "GET", "/token").status_code == 200  # each token has its own
    time = 31.0
    assert [programs.ask("analyst", "GET", "/token").status_code for _ in range(2)] == [200, 429]


def test_no_more_requests_are_answered_at_a_time_than_there_are_places(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KONTOR_API_REQUESTS_AT_ONCE", "3")
    settings.cache_clear()
    arrived, on = threading.Semaphore(0), threading.Event()

    def held(*_: Any, **__: Any) -> Any:
        arrived.release()
        assert on.wait(20)
        return ()

    monkeypatch.setattr("dashboard.api.statistics.catalogue.offered", held)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(programs.ask, role, "GET", "/measures") for role in ("analyst", "finance")]
        for _ in waiting:
            assert arrived.acquire(timeout=20)
        refused = programs.ask("analyst", "GET", "/token")  # its one place of three is taken
        assert programs.ask("administrator", "GET", "/token").status_code == 200
        monkeypatch.setenv("KONTOR_API_REQUESTS_AT_ONCE", "2")
        settings.cache_clear()
        assert programs.ask("administrator", "GET", "/token").status_code == 429  # no place for anybody
        on.set()
        assert [each.result().status_code for each in waiting] == [200, 200]
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["content-type"] == PROBLEM
    assert refused.json()["problems"][0]["code"] == "TOO-MANY-AT-ONCE"
    assert programs.ask("analyst", "GET", "/token").status_code == 200  # the places were given back


def test_an_answer_comes_as_a_file_and_leaves_nothing_behind(programs: Programs) -> None:
    for kind, begins in (("csv", b"\xef\xbb\xbfQuestion"), ("xlsx", b"PK"), ("parquet", b"PAR1")):
        made = programs.ask("partner_admin", "POST", f"/queries/file?format={kind}", json=ASK | {"period": "this_year"})
        assert made.status_code == 200, made.text
        assert made.content.startswith(begins)
        assert int(made.headers["content-length"]) == len(made.content)
    assert list((settings().home / "exports-under-way").glob("api-*")) == []
    refused = programs.ask("partner_admin", "POST", "/queries/file", json=ASK | {"measures": ["nothing"]})
    assert refused.status_code == 422
    assert list((settings().home / "exports-under-way").glob("api-*")) == []


def test_a_change_is_explained_to_the_last_unit(programs: Programs) -> None:
    wanted = {"question": {"measures": ["applications_submitted"], "period": "this_year"}, "by": "partner"}
    told = programs.ask("ecosystem_manager", "POST", "/queries/explain", json=wanted).json()
    assert sum(Decimal(str(part["change"])) for part in told["parts"]) == Decimal(str(told["change"]))
    assert told["sentence"].startswith("Applications submitted ")
    share = {"question": {"measures": ["rejection_share"]}, "by": "partner"}
    refused = programs.ask("ecosystem_manager", "POST", "/queries/explain", json=share)
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (422, "STATISTICS-EXPLAIN")


def test_the_lines_behind_any_figure_are_exported(programs: Programs) -> None:
    asked = {"measure": "applications_submitted", "period": "this_year"}
    wanted = {"kind": "statistics.lines", "asked": asked, "format": "csv"}
    made = programs.ask("ecosystem_manager", "POST", "/exports", json=wanted)
    assert (made.status_code, made.json()["rows_total"]) == (202, programs_sent(programs))


def programs_sent(programs: Programs) -> int:
    """How many applications the manager's question counts."""
    ask = {"measures": ["applications_submitted"], "period": "this_year"}
    found = programs.ask("ecosystem_manager", "POST", "/queries", json=ask).json()
    return int(found["totals"][0]["values"][0])


def test_pages_of_other_sites_ask_nothing(programs: Programs) -> None:
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        answer = programs.ask("analyst", "POST", "/queries", json=ASK, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (403, PROBLEM)
        assert answer.json()["problems"][0]["code"] == "OTHER-SITE"
    way = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    asked = programs.client.options(f"{ADDRESS}/queries", headers=way)
    assert asked.status_code == 405
    assert not [name for name in asked.headers if name.startswith("access-control")]


def test_a_fault_is_told_without_its_trace(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("dashboard.api.statistics.catalogue.offered", broken)
    answer = programs.ask("analyst", "GET", "/measures")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text


REFUSALS: tuple[tuple[str, str, Any, int, str], ...] = (
    ("GET", "/nothing", None, 404, "There is no such address"),
    ("DELETE", "/cases", None, 405, "does not take that method"),
    ("GET", "/cases/123", None, 422, "case_id: "),
    ("GET", "/cases?size=1000", None, 422, "size: "),
    ("POST", "/queries", {}, 422, "measures: Field required"),
    ("POST", "/queries", {"measures": ["nothing"]}, 422, "There is no measure nothing"),
    ("POST", "/queries", ASK | {"by": ["nothing"]}, 422, "nothing"),
    ("POST", "/exports", {"kind": "lists.nothing"}, 422, "nothing"),
    ("POST", "/exports", {"kind": "expenditures.lines"}, 422, "names no period"),
    ("POST", "/queries", ASK | {"where": [{"dimension": "partner", "values": ["x" * 70000]}]}, 413, "too large"),
)


def test_refusals_are_documents_with_the_words_of_the_pages(programs: Programs) -> None:
    for way, path, body, status, words in REFUSALS:
        answer = programs.ask("ecosystem_manager", way, path, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), (path, answer.text)
        assert answer.json()["status"] == status
        assert words in answer.json()["detail"], path
        assert answer.headers["cache-control"] == "private, no-store"


def test_an_export_is_asked_for_made_and_downloaded(programs: Programs) -> None:
    wanted = {"kind": "lists.applications", "format": "csv", "title": "Cases"}
    asked = programs.ask("partner_admin", "POST", "/exports", json=wanted)
    assert asked.status_code == 202, asked.text
    key = asked.json()["id"]
    assert programs.ask("partner_admin", "GET", f"/exports/{key}/file").status_code == 409
    exports.run(UUID(key))
    done = programs.ask("partner_admin", "GET", f"/exports/{key}").json()
    assert (done["status"], done["rows_done"]) == ("completed", 1)
    file = programs.client.get(done["file"], headers={"authorization": f"Bearer {programs.tokens['partner_admin']}"})
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(list(csv.reader(io.StringIO(file.text.lstrip("\ufeff"))))) >= 2
    for role in ("administrator", "account_director"):
        assert programs.ask(role, "GET", f"/exports/{key}").status_code == 404
        assert programs.ask(role, "GET", f"/exports/{key}/file").status_code == 404


def test_the_description_is_for_everybody_and_asks_nobody_else(programs: Programs) -> None:
    page = programs.client.get(f"{ADDRESS}/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "http" not in page.text.replace("openapi.json", "")
    told = programs.client.get(f"{ADDRESS}/openapi.json").json()
    assert told["paths"].keys() == described()["paths"].keys()
    for _, path in operations():
        assert path in page.text


def test_the_guide_names_every_operation() -> None:
    guide = (ROOT / "docs" / "guide" / "api.md").read_text(encoding="utf-8")
    assert [f"{way} {path}" for way, path in operations() if f"`{way} {path}`" not in guide] == []
