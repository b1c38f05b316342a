"""Users, operations and one's own account, through their pages."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from models.core import outbox
from models.core.actor import SYSTEM, Actor, acting_as
from models.core.unit_of_work import unit_of_work
from models.expenditures import service
from models.identity.tables import UserAccount
from models.lists import acting
from models.notices import service as notices
from tests.support.build import PASSWORD, Build
from tests.support.mails import mails
from tests.support.pages import page, texts

SAMPLE = Path(__file__).parents[1] / "data" / "focus_sample_1000.csv"


@pytest.fixture
def admin(on_sqlite: str) -> Actor:
    with unit_of_work(actor=SYSTEM) as uow:
        return Build(uow).actor("administrator", name="Ada Holm", email="ada@northwind.example")


def user(email: str) -> UserAccount | None:
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        return uow.session.scalar(select(UserAccount).where(UserAccount.email == email))


@pytest.mark.meets("ORG-PWD-03", "ORG-PWD-04")
def test_a_person_changes_the_own_password(admin: Actor) -> None:
    test = page("account.py", admin).run()

    def change(old: str, new: str, again: str) -> str:
        for field, value in zip(test.text_input, (old, new, again), strict=True):
            field.input(value)
        next(button for button in test.button if button.label == "Change password").click().run()
        return texts(test)

    assert "PWD-OLD" in change("guess", "lighthouse-7", "lighthouse-7")
    assert "PWD-DIFFERENT" in change(PASSWORD, "lighthouse-7", "lighthouse-8")
    assert "Password changed" in change(PASSWORD, "lighthouse-7", "lighthouse-7")


@pytest.mark.meets("ORG-LOGIN-02")
def test_who_must_change_the_password_sees_nothing_else(admin: Actor) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        found = uow.session.get(UserAccount, admin.user_id)
        assert found is not None
        found.must_change_password = True
    test = page("account.py", admin).run()
    assert "Choose a password of your own" in texts(test)
    assert [button.label for button in test.button] == ["Change password"]


def test_preferences_are_kept(admin: Actor) -> None:
    test = page("account.py", admin).run()
    test.selectbox[0].select("Europe/Tallinn")
    test.selectbox[1].select("iso")
    next(button for button in test.button if button.label == "Save").click().run()
    found = user("ada@northwind.example")
    assert found is not None
    assert found.preferences == {"zone": "Europe/Tallinn", "date_format": "iso"}


def test_failed_work_is_shown_with_its_reason_and_given_out_again(admin: Actor) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        uow.emit("exports.run", "1", {})
    with unit_of_work(actor=SYSTEM) as uow:
        work = outbox.claim(uow, ["exports.run"], limit=1)[0]
        outbox.failed(uow, work.id, "The disk is full.", may_heal=False)
    test = page("administration/operations.py", admin).run()
    assert "<b>1 job failed</b>" in texts(test)
    frame = test.dataframe[-1].value
    assert list(frame[["job", "state", "why"]].iloc[0]) == ["1", "Failed", "The disk is full."]
    with unit_of_work(actor=admin) as uow:
        shown = acting.preview(uow, "jobs", "again", [work.id])
        acting.run(uow, "jobs", "again", shown)
    assert "1 job under way, nothing failed." in texts(page("administration/operations.py", admin).run())
    with unit_of_work(actor=SYSTEM) as uow:
        assert [again.id for again in outbox.claim(uow, ["exports.run"], limit=1)] == [work.id]


def test_daily_jobs_are_asked_for_by_hand(admin: Actor) -> None:
    test = page("administration/operations.py", admin).run()
    next(button for button in test.button if button.label == "Run daily jobs").click().run()
    with unit_of_work(actor=SYSTEM) as uow:
        assert [work.topic for work in outbox.claim(uow, ["calendar.daily"], limit=5)] == ["calendar.daily"]


def test_operations_name_what_is_wrong_with_the_lines(admin: Actor, home: Path) -> None:
    with acting_as(SYSTEM):
        service.import_files([SAMPLE], source="sample")
    test = page("administration/operations.py", admin).run()
    assert "1,000 lines in 2 files, all of them in place." in texts(test)
    next(home.glob("lake/**/*.parquet")).unlink()
    shown = texts(test.run())
    assert "Expenditure lines cannot be read." in shown
    assert "lines is missing" in shown


def test_mail_that_was_kept_is_found_and_read(admin: Actor) -> None:
    assert admin.user_id
    with unit_of_work(actor=SYSTEM) as uow:
        for key, title in (("k1", "Export ready"), ("k2", "Import refused")):
            notices.tell(uow, admin.user_id, key=key, title=title, text="<b>Trend</b>: 5 records.", link="/exports")
        kept = [UUID(work.payload["notice_id"]) for work in outbox.claim(uow, [notices.TOPIC], limit=9)]
    assert [notices.mail(key) for key in kept] == [True, True]
    test = page("administration/mail.py", admin).run()
    assert "2 mails kept here, as there was no mail server." in texts(test)
    (mail,) = (each for each in mails() if "export" in each.subject.lower())
    found = page("administration/mail.py", admin, q="EXPORT", id=str(mail.id)).run()
    assert "To ada@northwind.example" in texts(found)
    assert "<b>Trend</b>: 5 records." in found.code[0].value
    assert "No mail matches" in texts(page("administration/mail.py", admin, q="%").run())


def test_a_delivery_that_failed_is_shown_with_what_was_sent_and_given_out_again(admin: Actor) -> None:
    case = str(uuid4())
    hook = {"case_id": case, "kind": "webhook", "url": "https://hooks.example.com/mdf", "body": {"event": "approved"}}
    note = {"case_id": case, "kind": "message", "to": ["applicant"], "title": "Approved", "text": "Well done."}
    with unit_of_work(actor=SYSTEM) as uow:
        uow.emit("reviews.outgoing", "MDF-2026-0001:7:webhook", hook)
        uow.emit("reviews.outgoing", "MDF-2026-0001:7:message", note)
        uow.emit("exports.run", "1", {})
    with unit_of_work(actor=SYSTEM) as uow:
        work = {each.payload["kind"]: each for each in outbox.claim(uow, ["reviews.outgoing"], limit=5)}
        outbox.failed(uow, work["webhook"].id, "hooks.example.com refused the call with status 410.", may_heal=False)
        outbox.finished(uow, work["message"].id, "2 people were told")
    test = page("administration/deliveries.py", admin).run()
    assert "1 delivery</b> arrived, <b>1 failed</b> and is not tried again by itself." in texts(test)
    names = ["case", "kind", "target", "state", "answer"]
    rows = {tuple(row) for row in test.dataframe[0].value[names].itertuples(index=False)}
    assert rows == {
        ("MDF-2026-0001", "Webhook", "https://hooks.example.com/mdf", "Failed",
         "hooks.example.com refused the call with status 410."),
        ("MDF-2026-0001", "Message", "the applicant: Approved", "Delivered", "2 people were told"),
    }  # fmt: skip
    assert len(page("administration/deliveries.py", admin, state="failed", q="hooks").run().dataframe[0].value) == 1
    opened = page("administration/deliveries.py", admin, id=str(work["webhook"].id)).run()
    assert '"event": "approved"' in opened.code[0].value
    opened.button(key="delivery_again").click().run()
    assert "It will be tried again in a moment." in texts(opened)
    with unit_of_work(actor=SYSTEM) as uow:
        assert [again.id for again in outbox.claim(uow, ["reviews.outgoing"], limit=5)] == [work["webhook"].id]
    with unit_of_work(actor=admin, read_only=True) as uow:
        keys = [each.id for each in work.values()]
        assert acting.preview(uow, "deliveries", "again", keys).refused == {"on its way already": 1,
                                                                            "delivered already": 1}  # fmt: skip
    gone = page("administration/deliveries.py", admin, id=str(uuid4())).run()
    assert "There is no such delivery." in texts(gone)
