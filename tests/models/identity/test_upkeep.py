"""Sessions that are over end by themselves, and leave after a while; on both databases."""

from __future__ import annotations

from datetime import timedelta

from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.identity import service, upkeep
from models.identity.tables import SignInFailure, UserSession
from tests.support.build import PASSWORD, Build


def test_sessions_end_with_their_time_and_leave_after_a_month(build: Build, uow: UnitOfWork):
    user = build.user("analyst")
    service.sign_in(uow, user.email, PASSWORD)
    service.count_attempt(uow, "somebody@kontor.example")
    uow.session.flush()
    idle = timedelta(minutes=settings().session_idle_minutes)
    early, late = uow.at(uow.now + idle - timedelta(seconds=1)), uow.at(uow.now + idle)
    assert [upkeep.tidy_sessions(each) for each in (early, late, late)] == [0, 1, 0]
    (session,) = uow.session.query(UserSession).all()
    assert session.ended_at == late.now
    month_later = uow.at(late.now + timedelta(days=30))
    assert upkeep.tidy_sessions(month_later) == 0
    assert uow.session.query(UserSession).count() == uow.session.query(SignInFailure).count() == 0
