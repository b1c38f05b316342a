"""What surrounds every page: the house look, the menu, the person at its foot, and words for what goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from html import escape
from urllib.parse import unquote, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException

from dashboard import navigation, session
from dashboard.parts import shell
from dashboard.parts.empty import state
from dashboard.parts.formats import initials, preferences_from, use_preferences
from dashboard.parts.head import page_head
from dashboard.parts.outcome import show_flash, show_problems
from dashboard.sign_in_page import first_administrator_html, sign_in_html
from models.core.actor import Actor, acting_as
from models.core.clock import BUSINESS_ZONE
from models.core.errors import DomainError
from models.core.settings import settings
from models.identity.access import SignedIn

log = logging.getLogger("kontor.pages")


def run() -> None:
    """One script run, from the cookie to the page."""
    guarded(_run)


def _run() -> None:
    person = session.person_of(st.context.cookies)
    if person is None:
        _frame(sidebar="collapsed")
        st.navigation(navigation.pages_outside(_outside), position="hidden").run()
        return
    _frame(sidebar=208)
    use_preferences(preferences_from(person.preferences))
    with acting_as(person.actor):
        if person.must_change_password:
            page = st.navigation(navigation.pages_for_password(), position="hidden")
            _foot(person)
        else:
            here = _address()
            page = st.navigation(navigation.pages_for(person.actor, here, _not_yours))
            _foot(person)
            _tabs(person.actor, here)
            _mark(navigation.menu_for(person.actor, here))
        show_flash()
        guarded(page.run)  # here as well: what goes wrong in the page leaves the frame standing


def guarded(run_page: Callable[[], None]) -> None:
    """Run a page; what it did not expect is written down and told in words, never shown as a trace."""
    try:
        run_page()
    except (RerunException, StopException):
        raise
    except DomainError as error:
        show_problems(error)
    except Exception:
        log.exception("page.failed")
        st.error(
            "This page could not be drawn. Nothing you saved is lost. Reload it; when it happens again, tell your "
            "administrator the time and what you did.",
            icon=":material/error:",
        )


def _frame(*, sidebar: int | str) -> None:
    st.set_page_config(
        page_title="Kontor",
        page_icon=shell.FAVICON,
        layout="wide",
        initial_sidebar_state=sidebar,  # type: ignore[arg-type]  # Streamlit takes pixels too
    )
    shell.dress()


def _address() -> str:
    """The address that is open, without host and query: `expenditures`; empty for the first page."""
    return (st.context.url or "").split("://")[-1].partition("/")[2].partition("?")[0].strip("/")


def _tabs(actor: Actor, here: str) -> None:
    """The pages beside this one."""
    if tabs := navigation.tabs_for(actor, here):
        links = "".join(
            f'<a href="{tab.address}" target="_self"{" aria-current=page" if tab.address == here else ""}>{tab.tab}</a>'
            for tab in tabs
        )
        st.html(f'<nav class="k tabs" aria-label="Pages beside this one">{links}</nav>')


def _mark(address: str) -> None:
    """Mark the place in the menu to which a page belongs that has none there; Streamlit marks only its own pages."""
    if address:
        look = "background:color-mix(in srgb,var(--ink) 15%,transparent);font-weight:600"
        st.html(f'<style>[data-testid=stSidebarNavLink][href$="/{address}"]{{{look}}}</style>')


def _foot(person: SignedIn) -> None:
    """The person at the foot of the menu, with the way to their account and out."""
    roles = ", ".join(person.role_names) if person.actor.is_vendor else person.organisation
    with st.sidebar:
        st.html(
            f'<div class="k person"><a class="who" href="account" target="_self" title="My account">'
            f'<span class="in">{escape(initials(person.actor.name))}</span><span><b>{escape(person.actor.name)}</b>'
            f"<small>{escape(roles)}</small></span></a>"
            '<form method="post" action="/logout"><button type="submit" title="Sign out" aria-label="Sign out">'
            '<span class="i">logout</span></button></form></div>'
        )


def _outside() -> None:
    """What somebody who is not signed in sees: the sign-in form, or the first administrator's."""
    shell.style("sign_in.css")
    params = dict(st.query_params)
    refused = params.pop("refused", "")
    if session.nobody_yet():
        html = first_administrator_html(
            vendor=settings().vendor_name, error=refused or None, name=params.get("full_name", ""),
            email=params.get("email", ""), code=params.get("code", ""), least=settings().password_length,
        )  # fmt: skip
        st.html(html)
        return
    until, bye = params.pop("until", ""), params.pop("bye", "")
    html = sign_in_html(
        vendor=settings().vendor_name,
        error=_why(refused, until),
        email=unquote(st.context.cookies.get(session.EMAIL_COOKIE, "")) if refused else "",
        notice="You are signed out." if bye else None,
        hidden={"next": _asked_for(params)},
        support=settings().support_contact,
    )
    st.html(html)


def _not_yours() -> None:
    """Somebody opened the address of a page that their roles do not open."""
    page_head("No access")
    state(
        "refused",
        "This page is not for your roles",
        "Ask your administrator for a role that opens it.",
        link=("Go to Home", "/"),
    )


def _asked_for(params: dict[str, str]) -> str:
    """The page that was asked for, so that signing in leads there."""
    path = f"/{_address()}"
    return f"{path}?{urlencode(params)}" if params else path


def _why(code: str, until: str) -> str | None:
    if code == "SIGN-IN-PAUSED":
        try:
            at = datetime.fromisoformat(until).astimezone(BUSINESS_ZONE)
        except ValueError:
            return "Too many attempts failed. Wait some minutes, or ask your administrator to reset your password."
        return (
            f"Too many attempts failed. Try again after {at:%H:%M} GMT+08:00, or ask your administrator to reset "
            "your password."
        )
    return "The e-mail address or the password is not right. Check both and try again." if code else None
