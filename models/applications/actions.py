"""Actions that any workflow may take beyond its own case: tell somebody, call an address outside, begin another case.

Each only writes a row for the worker, in the transaction of the decision that leads to it; `outgoing.py` carries it out
after the commit. `{name}` in a text is a fact of the case; `{number}` is the case's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import CaseData, action

OUTGOING = "reviews.outgoing"
"""Topic of the outbox: what a case asked for that lies outside of it."""
APPLICANT = "applicant"
NOTHING: Mapping[str, Any] = {}

_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@action("message.send")
def send_message(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell people something on their home page and by e-mail. `to`: `applicant`, a role or several; `title`, `text`."""
    to = given.get("to", APPLICANT)
    people = [to] if isinstance(to, str) else [str(each) for each in to]
    words = {name: filled(str(given.get(name, "")), case) for name in ("title", "text")}
    return _ask(uow, case, "message", {"to": people, **words})


@action("webhook.call")
def call_webhook(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Send facts of the case to an address outside, signed. `url`, `event`, `facts` (names; empty: none)."""
    body = {
        "event": str(given.get("event") or "case"), "case": case.number, "type": case.type.key,
        "status": case.state.status, "at": uow.now.isoformat(),
        "facts": {str(name): case.facts.get(str(name)) for name in given.get("facts", ())},
    }  # fmt: skip
    return _ask(uow, case, "webhook", {"url": str(given.get("url", "")), "body": body})


@action("case.start")
def start_case(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Begin a draft of another kind of application for the same partner. `type`."""
    return _ask(uow, case, "start", {"type": str(given.get("type", ""))})


def _ask(uow: UnitOfWork, case: CaseData, kind: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    key = f"{case.number}:{case.state.seq}:{kind}"
    uow.emit(OUTGOING, key, {"case_id": str(case.case_id), "kind": kind, **payload})
    return NOTHING


def filled(text: str, case: CaseData) -> str:
    """A text with the case's facts in their places.

    Raises:
        Refused: it names what is no fact of the type (CASE-TEXT).
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name == "number":
            return case.number
        if name not in case.type.facts:
            raise Refused(Problem("CASE-TEXT", f"The text names {name}, which is no fact of {case.type.name}.", name))
        return case.text(name)

    return _NAME.sub(value, text)
