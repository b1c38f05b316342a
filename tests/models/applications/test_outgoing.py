"""A kind of application that uses every kind of node, through the services; and what it asks for outside of itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from models.applications import applying, followup, integrity, outgoing, reviewing, stages, webhooks
from models.applications.access import find
from models.applications.actions import filled
from models.applications.case_view import case_view
from models.core.actor import SYSTEM, Actor
from models.core.clock import BUSINESS_ZONE
from models.core.errors import NotAllowed, Refused
from models.core.outbox import OutboxRow
from models.core.settings import Settings
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import Case, CaseEvent
from models.engines.definitions import registry
from models.engines.definitions.loading import built_in, faults
from models.engines.workflow.state import State
from models.identity.roles import role_book
from models.notices.tables import Notice
from models.reference import service as reference
from models.reference.rules import DayKind
from tests.support import ROOT
from tests.support.requests import Office


@pytest.fixture
def hall(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office, where proposals can be made as well."""
    known = [*registry.DEFINITIONS, ROOT / "tests" / "data" / "proposal.yaml"]
    monkeypatch.setattr(registry, "DEFINITIONS", known)
    monkeypatch.setattr("models.engines.definitions.loading.DEFINITIONS", known)
    return office


def proposed(hall: Office, asked: str = "60000", region: str = "EMEA") -> UUID:
    with hall.as_(hall.liis) as uow:
        case_id = applying.begin(uow, "proposal", key=hall.key())
        data = {"what": "A fair", "asked": asked, "region": region}
        applying.submit(uow, case_id, "proposal", data, key=hall.key())
    return case_id


def decide(hall: Office, who: Actor, case_id: UUID, decision: str = "approve", **given: Any) -> State:
    with hall.as_(who) as uow:
        visit = find(uow, case_id).state.visits[0].id
        return reviewing.decide(uow, case_id, visit, decision, key=hall.key(), **given)


def rows(uow: UnitOfWork) -> list[OutboxRow]:
    stmt = select(OutboxRow).where(OutboxRow.topic == "reviews.outgoing").order_by(OutboxRow.key)
    return list(uow.session.scalars(stmt))


def test_the_definition_is_whole(hall: Office) -> None:
    assert faults(built_in()["proposal"], roles=role_book().vendor) == []


def test_a_table_a_jury_a_field_a_wait_and_what_follows(hall: Office, uow: UnitOfWork) -> None:
    case_id = proposed(hall)
    with hall.as_(SYSTEM) as system:
        state = find(system, case_id).state
    assert (state.status, state.facts["level"], state.facts["share"]) == ("Before the jury", "large", 50)
    decide(hall, hall.niamh, case_id)  # she could stand for both
    with pytest.raises(NotAllowed):
        decide(hall, hall.niamh, case_id)
    state = decide(hall, hall.joris, case_id)
    assert (state.status, state.facts["granted"]) == ("Contract awaited", "30000.00")
    assert [(row.payload["kind"]) for row in rows(uow)] == ["message", "webhook"]
    assert state.clocks["whole"].ended_at is not None
    with hall.as_(SYSTEM) as system:
        with pytest.raises(Refused, match="contract cannot be noted"):
            stages.note(system, case_id, {"contract": 5}, key="n0")
        with pytest.raises(Refused, match="nothing cannot be noted"):
            stages.note(system, case_id, {"nothing": 5}, key="n0")
        assert stages.note(system, case_id, {"contract": "C-7"}, key="n1").outcome == "done"
        assert stages.note(system, case_id, {"contract": "C-7"}, key="n1").outcome == "done"
        assert integrity.verify(system)[0].faults == ()


def test_a_small_one_is_looked_at_by_one_and_lapses(hall: Office, uow: UnitOfWork) -> None:
    case_id = proposed(hall, "1000", "APAC")
    state = decide(hall, hall.joris, case_id)
    assert state.facts["granted"] == "800.00"
    with hall.as_(SYSTEM) as system:
        later = UnitOfWork(system.session, SYSTEM, system.now + timedelta(days=31))
        assert stages.fire_timer(later, case_id, state.visits[0].id, "expire")
        assert find(system, case_id).state.outcome == "lapsed"


def test_a_proposal_is_sent_back_with_a_reason(hall: Office) -> None:
    case_id = proposed(hall)
    with pytest.raises(Refused, match="Choose a reason"):
        decide(hall, hall.joris, case_id, "again")
    state = decide(hall, hall.joris, case_id, "again", reason="R-1 Unclear")
    assert (state.status, state.visits[0].why) == ("Sent back", "returned")


def test_the_clock_of_the_whole_rings_and_people_are_told(hall: Office, uow: UnitOfWork) -> None:
    case_id = proposed(hall)
    with hall.as_(SYSTEM) as system:
        later = UnitOfWork(system.session, SYSTEM, system.now + timedelta(days=40))
        for timer in ("remind:0", "due", "escalate:finance"):
            assert stages.fire_timer(later, case_id, "clock:whole", timer)
        seq = find(system, case_id).state.seq
        followup.follow(later, case_id, seq - 3, seq)
        told = {(notice.user_id, notice.title.partition(": ")[2]) for notice in uow.session.scalars(select(Notice))}
        assert (hall.joris.user_id, "Whole proposal is due soon") in told
        assert (hall.joris.user_id, "Whole proposal is overdue") in told
        assert (hall.mei.user_id, "Whole proposal is overdue") in told
        titles = [row.title for row in case_view(system, case_id).timeline]
    assert titles[1:4] == [
        "Reminded: Whole proposal",
        "Whole proposal: overdue",
        "Whole proposal: escalated to finance",
    ]


def test_a_clock_that_a_new_holiday_makes_late_rings_later_and_once(hall: Office, uow: UnitOfWork) -> None:
    """Proposed on a Monday, the tenth working day is a Monday; that Monday becomes a holiday."""
    hall.build.uow = uow.at(datetime(2026, 7, 20, 10, tzinfo=BUSINESS_ZONE))
    case_id = proposed(hall)
    due = datetime(2026, 8, 3, 18, tzinfo=BUSINESS_ZONE)

    def rings(at: datetime, timer: str = "due", clock: str = "clock:whole") -> bool:
        with hall.as_(SYSTEM) as system:
            return stages.fire_timer(UnitOfWork(system.session, SYSTEM, at), case_id, clock, timer)

    def set_for() -> list[datetime]:
        found = uow.session.scalars(select(OutboxRow).where(OutboxRow.topic == "reviews.timer"))
        return sorted(row.due_at.astimezone(BUSINESS_ZONE) for row in found if row.payload["timer"] == "due")

    assert set_for() == [due]
    with hall.as_(hall.build.actor("ecosystem_manager")) as manager:
        reference.add_exception(manager, "CN", DayKind.HOLIDAY, "Company day", due.date())
    assert not rings(due)
    assert set_for() == [due, due + timedelta(days=1)]
    assert not rings(due)
    assert len(set_for()) == 2
    assert rings(due + timedelta(days=1))
    for timer, clock in (("due", "clock:whole"), ("due", "clock:of_an_earlier_version"), ("gone", "clock:whole")):
        assert not rings(due + timedelta(days=2), timer, clock)
    assert len(set_for()) == 2


def test_messages_are_told_once_and_another_case_begins_once(hall: Office, uow: UnitOfWork) -> None:
    case_id = proposed(hall)
    decide(hall, hall.niamh, case_id)
    decide(hall, hall.joris, case_id)
    with hall.as_(SYSTEM) as system:
        stages.note(system, case_id, {"contract": "C-7"}, key="n1")
        asked = {row.payload["kind"]: row for row in rows(uow)}
        for _ in range(2):
            outgoing.within(system, asked["message"].key, asked["message"].payload)
            outgoing.within(system, asked["start"].key, asked["start"].payload)
        number = find(system, case_id).number
        told = uow.session.execute(select(Notice.user_id, Notice.title, Notice.text)).all()
        assert sorted(told) == sorted(
            (person, f"{number} was granted 30000.00 USD", "For A fair.")
            for person in (hall.liis.user_id, hall.mei.user_id)
        )
        begun = uow.session.scalars(select(Case).where(Case.type == "request")).all()
        assert [(case.partner_id, case.status, case.opened_by) for case in begun] == [(hall.partner.id, "Draft", None)]
        with pytest.raises(Refused, match="its own kind"):
            outgoing.within(system, "k", asked["start"].payload | {"type": "proposal"})
        case = find(system, case_id).data()
        with pytest.raises(Refused, match="The text names nothing"):
            filled("{nothing}", case)
        assert uow.session.scalars(select(CaseEvent.seq).where(CaseEvent.case_id == case_id)).first()


# ---- calls outside ----


class Receiver(BaseHTTPRequestHandler):
    """A system outside that notes what it is called with."""

    calls: list[tuple[dict[str, str], bytes]] = []
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).calls.append((dict(self.headers), body))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[int]:
    """The port of a system outside."""
    Receiver.calls, Receiver.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def allow(monkeypatch: pytest.MonkeyPatch, hosts: str, *, private: bool = False, secret: str | None = "s3cret") -> None:
    made = Settings(webhook_hosts=hosts, webhook_private=private, webhook_secret=secret and SecretStr(secret))
    monkeypatch.setattr(webhooks, "settings", lambda: made)


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_a_call_is_signed_and_says_which_it_is(monkeypatch: pytest.MonkeyPatch, receiver: int) -> None:
    allow(monkeypatch, "127.0.0.1", private=True)
    payload = {"kind": "webhook", "url": f"http://127.0.0.1:{receiver}/in?a=1", "body": {"event": "granted"}}
    outgoing.carry_out("PRP-2026-0001:9:webhook", payload)
    ((headers, body),) = Receiver.calls
    assert json.loads(body) == {"event": "granted", "id": "PRP-2026-0001:9:webhook"}
    at, made = (part.partition("=")[2] for part in headers["Kontor-Signature"].split(","))
    assert made == hmac.new(b"s3cret", f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert (headers["Kontor-Delivery"], headers["Host"]) == ("PRP-2026-0001:9:webhook", f"127.0.0.1:{receiver}")


@pytest.mark.parametrize(
    ("status", "kind"), [(302, RuntimeError), (503, RuntimeError), (429, RuntimeError), (410, Refused)]
)
def test_a_redirect_is_not_followed_and_only_what_may_heal_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, receiver: int, status: int, kind: type[Exception]
) -> None:
    allow(monkeypatch, "127.0.0.1", private=True)
    Receiver.status = status
    with pytest.raises(kind, match=str(status)):
        webhooks.post(f"http://127.0.0.1:{receiver}/", {}, key="k")
    assert len(Receiver.calls) == 1


def test_whoever_cannot_be_reached_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "127.0.0.1, nowhere.example", private=True)
    with pytest.raises(RuntimeError, match="could not be reached"):
        webhooks.post("http://127.0.0.1:1/", {}, key="k")

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(RuntimeError, match="cannot be looked up"):
        webhooks.post("https://nowhere.example/", {}, key="k")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1", "fe80::1%eth0",
     "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "224.0.0.1"],
)  # fmt: skip
def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    allow(monkeypatch, "hooks.example.com")
    resolve(monkeypatch, "93.184.216.34", address)
    with pytest.raises(Refused, match="lies inside a network"):
        webhooks.looked_at("https://hooks.example.com/")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example.com/", "begin with https"),
        ("ftp://hooks.example.com/", "begin with https"),
        ("https://me:secret@hooks.example.com/", "name and password"),
        ("https://example.com/", "not among the hosts"),
        ("https://hooks.example.com.evil.example/", "not among the hosts"),
        ("https:///path", "not among the hosts"),
        ("https://hooks.example.com:99999/", "It is no address"),
        ("https://[::1/", "It is no address"),
        ("", "begin with https"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    allow(monkeypatch, "hooks.example.com, *.example.org")
    with pytest.raises(Refused, match=said):
        webhooks.looked_at(url)


def test_what_may_be_called_is_called_at_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "hooks.example.com, *.example.org")
    resolve(monkeypatch, "93.184.216.34", "93.184.216.35")
    target = webhooks.looked_at("https://Hooks.Example.com./in?x=1")
    assert target == webhooks.Target("hooks.example.com", "93.184.216.34", 443, "/in?x=1", True)
    assert webhooks.looked_at("https://a.b.example.org:8443").port == 8443
    seen: list[Any] = []

    def connected(place: Any, timeout: float) -> Any:
        seen.append((place, timeout))
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises(RuntimeError):
        webhooks.post("https://hooks.example.com/", {}, key="k")
    assert seen == [(("93.184.216.34", 443), 10.0)]


def test_without_a_secret_nothing_is_called(monkeypatch: pytest.MonkeyPatch, receiver: int) -> None:
    allow(monkeypatch, "127.0.0.1", private=True, secret=None)
    with pytest.raises(Refused, match="KONTOR_WEBHOOK_SECRET"):
        webhooks.post(f"http://127.0.0.1:{receiver}/", {}, key="k")
    assert Receiver.calls == []
