"""Words that BPMN 2.0 and its users have for things, and how its spans of time are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CEL = "https://cel.dev"
"""The language of our conditions, as a diagram names it."""

PEOPLES_TASKS = frozenset({"userTask", "manualTask", "task", "globalUserTask", "globalManualTask", "globalTask"})
MACHINES_TASKS = frozenset({
    "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "globalScriptTask", "globalBusinessRuleTask",
})  # fmt: skip
GATEWAYS = frozenset({
    "exclusiveGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway", "parallelGateway",
})  # fmt: skip
EVENTS = frozenset({
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "implicitThrowEvent",
})  # fmt: skip
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
FLOW_NODES = PEOPLES_TASKS | MACHINES_TASKS | GATEWAYS | EVENTS | SUBPROCESSES | {"receiveTask", "callActivity"}

APPLICANTS = frozenset({
    "applicant", "partner", "requester", "requestor", "initiator", "starter", "submitter", "claimant", "customer",
    "client", "employee", "antragsteller", "antragstellerin", "kunde", "mitarbeiter",
})  # fmt: skip
"""Lanes and performers of these names are whoever applies; `Customer service` is not."""
_YES = frozenset({
    "yes", "ok", "okay", "approve", "approved", "approval", "accept", "accepted", "agree", "agreed", "confirm",
    "confirmed", "pass", "passed", "valid", "true", "granted", "complete", "completed", "positive", "ja", "genehmigt",
    "paid", "received", "done",
})  # fmt: skip
_NO = frozenset({
    "no", "not", "reject", "rejected", "rejection", "decline", "declined", "deny", "denied", "refuse", "refused",
    "fail", "failed", "invalid", "false", "cancel", "cancelled", "canceled", "negative", "error", "nein", "abgelehnt",
    "incomplete", "expired", "withdrawn",
})  # fmt: skip
_YES_SIGNS, _NO_SIGNS = ("通过", "同意", "批准"), ("不", "退回", "驳回", "拒绝")
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?"
)  # fmt: skip
_TERM = re.compile(r"(\d+) (days?|hours?|minutes?)")


def words(kind: str) -> str:
    """A kind of element as people say it: `intermediateCatchEvent` is an `intermediate catch event`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()


def plain(text: str) -> str:
    """A text as a name: small letters, digits and underscores; empty when there is nothing of them in it."""
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", letters.lower()).strip("_")[:40].strip("_")


def named(text: str, otherwise: str, taken: Collection[str]) -> str:
    """A name for what people call `text` that nothing else bears; `otherwise` when it has no Latin letters."""
    name = plain(text) or otherwise or "node"
    name = name if name[0].isalpha() else f"n_{name}"
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def says(text: str) -> str:
    """Whether a text says yes or no: `positive`, `negative`, or `neutral` when it says neither."""
    said = set(plain(text).split("_"))
    if said & _NO or any(sign in text for sign in _NO_SIGNS):
        return "negative"
    return "positive" if said & _YES or any(sign in text for sign in _YES_SIGNS) else "neutral"


def is_applicant(text: str) -> bool:
    """Whether a lane or performer of this name is whoever applies."""
    said = set(plain(text).split("_")) - {"the", "a", "or", "user", ""}
    return bool(said) and said <= APPLICANTS


def duration(term: str) -> str:
    """A span of ours as ISO 8601; what it has no word for (`3 working days`, `$review_within`) stays as it is."""
    found = _TERM.fullmatch(term)
    if found is None:
        return term
    number, unit = found[1], found[2][0].upper()
    return f"P{number}D" if unit == "D" else f"PT{number}{unit}"


def term(text: str) -> str | None:
    """An ISO 8601 duration as a span of ours: `P2W` is `14 days`; None when it is none, or has months or seconds."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    weeks, days, hours, minutes = (int(found[unit] or 0) for unit in ("weeks", "days", "hours", "minutes"))
    days += 7 * weeks
    if minutes:
        return _span((days * 24 + hours) * 60 + minutes, "minute")
    if hours:
        return _span(days * 24 + hours, "hour")
    return _span(days, "day") if days else None


def _span(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
