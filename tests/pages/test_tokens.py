"""Tokens on one's account page: made and shown once, revoked by their owner or an administrator."""

from __future__ import annotations

from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.tokens import queries, service
from tests.support.build import Build
from tests.support.pages import page, texts


def people() -> tuple[Actor, Actor, Actor]:
    """An administrator and an analyst of the vendor, and a partner's administrator."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        partner = build.partner()
        return build.actor("administrator"), build.actor("analyst"), build.actor("partner_admin", partner=partner)


def test_a_token_is_shown_once_and_revoked(on_sqlite: str) -> None:
    _, analyst, _ = people()
    test = page("account.py", analyst).run()
    test.button(key="token_new").click().run()
    test.button(key="FormSubmitter:token-Make token").click().run()
    assert "TOKEN-NAME" in texts(test)
    next(field for field in test.text_input if field.label == "Program").input("Nightly report")
    test.button(key="FormSubmitter:token-Make token").click().run()
    (code,) = test.code
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        found = service.bearer(uow, code.value)
    assert found is not None
    assert (found.name, found.actor.user_id) == ("Nightly report", analyst.user_id)
    test.button(key="token_copied").click().run()
    assert not test.code
    test.session_state["tokens"] = str(found.token_id)
    test.run()
    test.button(key="token_revoke").click().run()
    assert "opens nothing any more" in texts(test)
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        assert service.bearer(uow, code.value) is None


def test_administrators_find_the_tokens_of_their_people(on_sqlite: str) -> None:
    administrator, analyst, partner_admin = people()
    with unit_of_work(actor=analyst) as uow:
        made = service.create(uow, "Report", ["statistics"], 30)
    for actor, shown in ((administrator, True), (analyst, False), (partner_admin, False)):
        assert ("Tokens of others" in texts(page("account.py", actor).run())) is shown
    test = page("account.py", administrator)
    test.session_state["tokens"] = str(made.id)
    test.run()
    test.button(key="token_revoke").click().run()
    with unit_of_work(read_only=True, actor=analyst) as uow:
        assert queries.own_tokens(uow) == []
