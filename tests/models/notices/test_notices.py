"""Notices: told once, read by their owner, mailed when there is a server and kept to be read when there is none."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from uuid import UUID

import pytest

from models.core import outbox
from models.core.actor import SYSTEM, Actor
from models.core.errors import NotAllowed
from models.core.settings import settings
from models.core.types import new_id
from models.core.unit_of_work import unit_of_work
from models.identity.rules import UserStatus
from models.identity.tables import UserAccount
from models.notices import queries, service
from tests.support.build import Build
from tests.support.mails import mails


@pytest.fixture
def reader(database: str) -> Actor:
    with unit_of_work(actor=SYSTEM) as uow:
        return Build(uow).actor("analyst")


def tell(reader: Actor, key: str = "k1", title: str = "Export ready") -> bool:
    assert reader.user_id
    with unit_of_work(actor=SYSTEM) as uow:
        return service.tell(uow, reader.user_id, key=key, title=title, text="Trend: 5 records.", link="/exports")


def mail_due() -> list[outbox.Work]:
    with unit_of_work(actor=SYSTEM) as uow:
        return outbox.claim(uow, [service.TOPIC], limit=9)


def test_the_same_is_told_once(reader: Actor):
    assert [tell(reader), tell(reader), tell(reader, "k2")] == [True, False, True]
    with unit_of_work(read_only=True, actor=reader) as uow:
        assert queries.unread(uow) == len(queries.notices(uow).rows) == 2
    assert len(mail_due()) == 2


def test_reading_is_the_owners_alone(reader: Actor):
    tell(reader)
    tell(reader, "k2")
    with unit_of_work(actor=SYSTEM) as uow:
        stranger = Build(uow).actor("analyst", username="other", email="other@kontor.example")
    with unit_of_work(actor=stranger) as uow:
        assert queries.notices(uow).rows == ()
    with unit_of_work(read_only=True, actor=reader) as uow:
        first = queries.notices(uow).rows[0]
    with unit_of_work(actor=stranger) as uow:
        service.mark_read(uow, first.id)
        assert service.mark_all_read(uow) == 0
    with unit_of_work(actor=reader) as uow:
        assert queries.unread(uow) == 2
        service.mark_read(uow, first.id)
        uow.session.flush()
        assert queries.unread(uow) == 1
        assert service.mark_all_read(uow) == 1


def test_without_a_server_the_mail_is_kept(reader: Actor):
    tell(reader, title="Export\r\nBcc: x@y.example")
    (work,) = mail_due()
    assert [service.mail(_key(work)), service.mail(_key(work))] == [True, False]
    (mail,) = mails()
    assert (mail.subject, mail.address, mail.sent_at) == ("Export Bcc: x@y.example", "user1@kontor.example", None)
    assert f"{settings().address}/exports" in mail.text
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        assert queries.mail_counts(uow) == (0, 1)


def test_mail_is_read_by_those_who_may(reader: Actor):
    with unit_of_work(read_only=True, actor=reader) as uow:
        with pytest.raises(NotAllowed):
            queries.mail_of(uow, new_id())
        with pytest.raises(NotAllowed):
            queries.mail_counts(uow)


def _key(work: outbox.Work) -> UUID:
    return UUID(work.payload["notice_id"])


@pytest.fixture
def post_office(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A mail server that takes everything; the mails it got."""
    taken: list[str] = []

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 ready\r\n")
            while line := self.rfile.readline().strip().upper():
                if line == b"DATA":
                    self.wfile.write(b"354 go\r\n")
                    lines: list[bytes] = []
                    while (part := self.rfile.readline()) != b".\r\n":
                        lines.append(part)
                    taken.append(b"".join(lines).decode())
                self.wfile.write(b"221 bye\r\n" if line == b"QUIT" else b"250 ok\r\n")
                if line == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("KONTOR_SMTP_URL", f"smtp://127.0.0.1:{server.server_address[1]}")
        settings.cache_clear()
        yield taken
        server.shutdown()
    monkeypatch.delenv("KONTOR_SMTP_URL")
    settings.cache_clear()


def test_a_mail_is_sent_once(reader: Actor, post_office: list[str]):
    tell(reader)
    (work,) = mail_due()
    assert [service.mail(_key(work)), service.mail(_key(work))] == [True, False]
    (mail,) = post_office
    assert "Subject: Export ready\r\n" in mail
    assert f"Message-ID: <{_key(work)}@kontor>" in mail
    (sent,) = mails()
    assert sent.sent_at is not None


def test_nobody_locked_gets_mail(reader: Actor):
    tell(reader)
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.get_one(UserAccount, reader.user_id).status = UserStatus.LOCKED
    (work,) = mail_due()
    assert service.mail(_key(work)) is False
    assert mails() == []
