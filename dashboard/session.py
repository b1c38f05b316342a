"""Who is asking: the cookie, and the signed-in person behind it, looked up again in every script run and request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.responses import Response

from dashboard.parts.formats import preferences_from, use_preferences
from models.core.actor import SYSTEM, Actor, acting_as
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.identity import access, service
from models.identity.access import SignedIn

EMAIL_COOKIE = "kontor_email"
"""Keeps a typed address over a failed sign-in, for some minutes, so that nothing has to be typed again."""
_EMAIL_MINUTES = 5


def cookie() -> str:
    """The name of the session's cookie. Browsers keep cookies by host alone: two ecosystems of one machine need two."""
    return f"kontor_session_{hashlib.sha256(settings().address.encode()).hexdigest()[:8]}"


def person_of(cookies: Mapping[str, str]) -> SignedIn | None:
    """The person whose session the cookies name; None when there is none or it is over."""
    token = cookies.get(cookie())
    if not token:
        return None
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        person = access.signed_in(uow, token)
    if person and datetime.now(UTC) - person.seen_at > access.SEEN_EVERY:
        _touch(person.actor)
    return person


def actor_of(connection: HTTPConnection) -> Actor | None:
    """The actor of one of our own HTTP requests; one who still has to change the password may do nothing else."""
    person = person_of(connection.cookies)
    return None if person is None or person.must_change_password else person.actor


@contextmanager
def acting_person() -> Iterator[None]:
    """Let what is inside happen in the name of the person whose browser this is; says so when the session is over."""
    person = person_of(st.context.cookies)
    if person is None:
        st.error("Your session is over. Reload the page and sign in again.", icon=":material/lock:")
        st.stop()
    use_preferences(preferences_from(person.preferences))
    with acting_as(person.actor):
        yield


def _touch(actor: Actor) -> None:
    if actor.session_id:
        with unit_of_work(actor=SYSTEM) as uow:
            access.touch(uow, actor.session_id)


def nobody_yet() -> bool:
    """Whether the installation still waits for its first administrator."""
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        return service.setup_needed(uow)


def keep(response: Response, token: str) -> None:
    """Give a browser its session: not readable by scripts, not sent from other sites."""
    response.set_cookie(
        cookie(),
        token,
        max_age=int(timedelta(hours=settings().session_hours).total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings().over_https,
        path="/",
    )
    response.delete_cookie(EMAIL_COOKIE, path="/")


def forget(response: Response) -> None:
    """Take the session from a browser."""
    response.delete_cookie(cookie(), path="/", httponly=True, samesite="lax", secure=settings().over_https)


def keep_email(response: Response, email: str) -> None:
    """Remember what somebody typed, for the form that is shown again."""
    response.set_cookie(EMAIL_COOKIE, email[:200], max_age=60 * _EMAIL_MINUTES, httponly=True, samesite="lax", path="/")
