"""A delivery comes in by its route: who may, what is refused in words, and that it asks for exactly one import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard import sign_in, uploads
from dashboard.guard import Guard
from models.core import outbox
from models.core.actor import SYSTEM
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.expenditures import deliveries, service
from models.expenditures.rules import ImportStatus
from models.identity.roles import role_book
from tests.support.build import PASSWORD, Build

SAMPLE = Path(__file__).parents[1] / "data" / "focus_sample_1000.csv"
HERE = {"origin": "http://testserver"}
MAY = {
    role
    for role, held in role_book().vendor.items()
    if held.permissions == "*" or "expenditures.import" in held.permissions
}


@pytest.fixture
def client(on_sqlite: str) -> Iterator[TestClient]:
    app = Starlette(routes=[*sign_in.routes, *uploads.routes], middleware=[Middleware(Guard)])
    with TestClient(app, follow_redirects=False) as client:
        yield client


def signed_in(client: TestClient, role: str) -> TestClient:
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        email = build.user(
            role,
            email=f"{role}@kontor.example",
            username=role,
            partner=build.partner() if role in role_book().partner else None,
        ).email
    client.post("/login", data={"email": email, "password": PASSWORD, "next": "/"}, headers=HERE)
    return client


def send(client: TestClient, *files: tuple[str, bytes], source: str = "sample") -> object:
    return client.post(
        "/uploads/focus", data={"source": source}, files=[("files", file) for file in files], headers=HERE
    )


def asked() -> list[outbox.Work]:
    with unit_of_work(actor=SYSTEM) as uow:
        return outbox.claim(uow, [service.IMPORT_TOPIC], limit=5)


def test_a_delivery_is_kept_and_its_import_asked_for_once(client: TestClient) -> None:
    answer = send(signed_in(client, "finance"), ("focus_sample_1000.csv", SAMPLE.read_bytes()))
    assert answer.status_code == 202
    work = asked()
    assert [one.payload for one in work] == [{"import_id": answer.json()["import"]}]
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        row = deliveries.latest(uow)
    assert (row.source, row.status, [file.name for file in row.files]) == (
        "sample", ImportStatus.PLANNED, ["focus_sample_1000.csv"],
    )  # fmt: skip
    assert service.run_requested(row.id).as_json()["billed_cost"] == {"USD": "20.52022672899"}


@pytest.mark.parametrize("role", [*role_book().vendor, *role_book().partner])
def test_only_roles_that_import_may_upload(role: str, client: TestClient) -> None:
    answer = send(signed_in(client, role), ("a.csv", SAMPLE.read_bytes()))
    assert answer.status_code == (202 if role in MAY else 403)
    assert bool(asked()) is (role in MAY)


def test_nobody_uploads_without_a_session(client: TestClient) -> None:
    answer = send(client, ("a.csv", b"a,b\n"))
    assert answer.status_code == 401
    assert "Sign in again" in answer.json()["problems"][0]["text"]


@pytest.mark.parametrize(
    ("name", "content", "source", "code"),
    [
        ("notes.exe", b"MZ", "sample", "FILE-ENDING"),
        ("empty.csv", b"", "sample", "FILE-EMPTY"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n0000", "sample", "FILE-CONTENT"),
        ("fake.parquet", b"a,b\n1,2\n", "sample", "FILE-CONTENT"),
        ("bad|name.csv", b"a,b\n", "sample", "FILE-NAME"),
        ("good.csv", b"a,b\n", "", "IMPORT-SOURCE"),
    ],
)
def test_a_bad_upload_is_refused_in_words(
    name: str, content: bytes, source: str, code: str, client: TestClient
) -> None:
    answer = send(signed_in(client, "finance"), (name, content), source=source)
    assert answer.status_code == 400
    assert [problem["code"] for problem in answer.json()["problems"]] == [code]
    assert asked() == []


def test_a_body_that_is_too_large_is_refused_unread(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_UPLOAD_MIB", "1")
    settings.cache_clear()
    answer = send(signed_in(client, "finance"), ("large.csv", b"x" * (2 * 1024 * 1024)))
    assert answer.json()["problems"][0]["code"] == "FILE-SIZE"
    assert "inbox" in answer.json()["problems"][0]["text"]


def test_a_body_that_does_not_say_its_length_is_read_no_further_than_allowed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KONTOR_UPLOAD_MIB", "1")
    settings.cache_clear()
    finance = signed_in(client, "finance")
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
    body = (part for part in (head, *[b"x" * 65536] * 20, b"\r\n--b--\r\n"))
    answer = finance.post(
        "/uploads/focus", content=body, headers=HERE | {"content-type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 413
    assert asked() == []


def test_rejected_lines_are_downloaded_by_who_may_import(client: TestClient) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace('"2024-09-18 23:00:00"', '"yesterday"', 1)
    answer = send(signed_in(client, "finance"), ("some bad.csv", text.encode()))
    run_id = answer.json()["import"]
    assert service.run_requested(deliveries.UUID(run_id)).rejected == 1
    found = client.get(f"/imports/{run_id}/rejects", params={"file": "some bad.csv"})
    assert found.status_code == 200
    assert "ChargePeriodEnd" in found.text
    assert "some%20bad.csv.rejects.csv" in found.headers["content-disposition"]
    assert client.get(f"/imports/{run_id}/rejects", params={"file": "other.csv"}).status_code == 404
    assert (
        signed_in(client, "analyst").get(f"/imports/{run_id}/rejects", params={"file": "some bad.csv"}).status_code
        == 403
    )


def test_the_inbox_lists_focus_kinds_and_nothing_outside(on_sqlite: str, home: Path) -> None:
    inbox = home / "inbox"
    inbox.mkdir()
    (inbox / "big.csv").write_bytes(SAMPLE.read_bytes())
    (inbox / "notes.txt").write_text("no")
    (home / "secret.csv").write_text("no")
    (inbox / "link.csv").symlink_to(home / "secret.csv")
    with unit_of_work(actor=SYSTEM) as uow:
        assert [file.name for file in deliveries.inbox(uow)] == ["big.csv"]
        for name in ("../secret.csv", "link.csv", "gone.csv"):
            with pytest.raises(deliveries.Refused, match="INBOX-GONE"):
                deliveries.request_from_inbox(uow, "sample", [name])
        run_id = deliveries.request_from_inbox(uow, "sample", ["big.csv"])
    assert service.run_requested(run_id).accepted == 1000
