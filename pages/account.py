"""My account: password, how I read dates, who stands in for me, tokens, sessions (ORG-PWD, ORG-LOGIN-02)."""

import streamlit as st

from dashboard.parts.browser_names import browser_name
from dashboard.parts.formats import DATE_FORMATS, ZONES, instant
from dashboard.parts.head import page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.stand_ins import own_stand_ins
from dashboard.parts.tables import Column, grid
from dashboard.parts.tokens import managed_tokens, own_tokens
from models.core.actor import current_actor
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.identity import queries, service
from models.tokens import queries as tokens

actor = current_actor()
page_head("My account", line=[actor.name])
with unit_of_work(read_only=True) as uow:
    me = queries.me(uow)
    sessions = queries.own_sessions(uow)
    others = len(sessions) > 1 or bool(tokens.own_tokens(uow))

if me.must_change_password:
    st.info("Choose a password of your own to go on. The one you signed in with was set by somebody else.")

password, preferences = st.columns([1, 1], gap="large")
with password:
    section(
        "Password", note=f"At least {settings().password_length} characters, with letters and numbers, without spaces."
    )
    with st.form("password", border=False):
        old = st.text_input("Present password", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", autocomplete="new-password")
        repeated = st.text_input("New password again", type="password", autocomplete="new-password")
        if st.form_submit_button("Change password", type="primary"):
            with (
                outcome(done="Password changed. Other browsers are signed out, tokens ended."),
                unit_of_work() as uow,
            ):
                service.change_password(uow, old, new, repeated)

if not me.must_change_password:
    with preferences:
        section("Dates and times", note="Billing cycles are cut at midnight GMT+08:00 whatever you choose here.")
        with st.form("preferences", border=False):
            zones, formats = list(ZONES), list(DATE_FORMATS)
            zone = st.selectbox("Time zone", zones, index=zones.index(me.preferences.get("zone", zones[0])))
            chosen = me.preferences.get("date_format", formats[0])
            kind = st.selectbox("Dates", formats, index=formats.index(chosen), format_func=DATE_FORMATS.__getitem__)
            if st.form_submit_button("Save"):
                with outcome(done="Saved."), unit_of_work() as uow:
                    service.set_preferences(uow, {"zone": zone, "date_format": kind})

    if actor.is_vendor and actor.may("reviews.view"):
        own_stand_ins()

    own_tokens()
    managed_tokens()

    section("Where you are signed in", aside=f"{len(sessions)} browsers" if len(sessions) > 1 else "this browser only")
    grid(
        [
            {"browser": browser_name(row.browser), "since": instant(row.created_at), "seen": instant(row.last_seen_at),
             "this": "This browser" if row.is_this else ""}
            for row in sessions
        ],
        [Column("browser", "Browser", width=240), Column("since", "Since"), Column("seen", "Last used"),
         Column("this", "")],
        key="sessions",
        alt=f"You are signed in in {len(sessions)} browsers.",
    )  # fmt: skip
    if st.button("Sign out everywhere else", disabled=not others, help="Ends your tokens, too.") and actor.user_id:
        with outcome(done="Your other browsers are signed out, your tokens ended."), unit_of_work() as uow:
            service.end_all_sessions(uow, actor.user_id, but=actor.session_id)
