"""The messages that a case sends, the words they came with, and how words and facts become a text. Pure.

A placeholder stands in braces, `{partner}`. One without a value leaves nothing behind, not even the space before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from models.core.errors import Problem

LONGEST_SUBJECT, LONGEST_TEXT = 200, 2_000
_PLACEHOLDER = re.compile(r"( ?)\{(\w+)\}")

WORDS: Mapping[str, str] = {
    "case": "Number and title of the case", "partner": "Name of the partner", "stage": "Name of the stage",
    "due": "When it is due or expires, as a sentence", "status": "Status that the partner sees",
    "by": "Who did it", "note": "Why the case came back, as a sentence", "decision": "What was decided: rejected",
    "reason": "Reason code", "comment": "The reviewer's comment", "question": "What was asked",
    "answer": "What was answered", "clock": "Name of the promised time",
    "holder": "Who holds the review, as a sentence", "headline": "What matters most, in one line",
    "about": "Whose brief it is, from when, and over which days", "changed": "Figures and how they changed, in lines",
    "why": "Who made the changes, in lines", "risk": "What is late, falling or alarming, in lines",
    "waits": "What waits for the reader, in lines", "coupon": "Number and name of the coupon",
    "amount": "Amount with its currency", "until": "Last day of the coupon",
}  # fmt: skip
"""What each placeholder stands for."""

SAMPLE: Mapping[str, str] = {
    "case": "MDF-2026-0142 Cloud day", "partner": "Nordlicht Systems", "stage": "Business review",
    "due": "Due Aug 3, 2026 18:00 (GMT+08:00).", "status": "Reimbursement being reviewed", "by": "Joris de Wit",
    "note": "The reviewer's comment stands on the case.", "decision": "rejected", "reason": "R-03 Budget not plausible",
    "comment": "The hall costs twice what others pay.", "question": "Which hall was it?", "answer": "Hall 4.",
    "clock": "Promised time", "holder": "Joris de Wit holds it.",
    "headline": "Expenditure rose 4.1 % against May, 3 waiting",
    "about": "For Joris de Wit, Monday Jul 6, 2026 07:30 GMT+08:00.",
    "changed": "WHAT CHANGED\n- Expenditure: 4,311.44 USD, rose 4.1 % against May",
    "why": "WHY\n- By customer: Polder Energie makes 61 % of it (+104.00 USD).",
    "risk": "AT RISK\n- Bluewing Air Cargo fell 40.0 %: now 120.00 USD, against May",
    "waits": "WAITS FOR YOU\n- MDF-2026-0142 Cloud day: Nordlicht Systems · Business review · due Jul 7, 18:00",
    "coupon": "CP-2026-00042 Validation test coupon", "amount": "3,000.00 USD", "until": "Dec 31, 2026 (GMT+08:00)",
}  # fmt: skip
"""What a preview shows."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something that is told: when, to whom, and the words Kontor came with."""

    name: str
    to: str
    subject: str
    text: str
    placeholders: tuple[str, ...]


MESSAGES: Mapping[str, Message] = {
    "review_turn": Message(
        "A review waits", "Whose turn it is", "{case} waits for your decision", "{partner}. {stage}. {due}",
        ("case", "partner", "stage", "due"),
    ),
    "form_turn": Message(
        "The partner's turn", "The applicant", "{case}: {status}", "{note} It is your turn: {stage}. {due}",
        ("case", "partner", "status", "note", "stage", "due"),
    ),
    "turned_down": Message(
        "A review was turned down", "The applicant", "{case} was {decision}", "{reason} {comment}",
        ("case", "partner", "decision", "reason", "comment", "by", "stage"),
    ),
    "asked": Message(
        "A reviewer asks", "The applicant", "{case}: {by} asks you", "{question}",
        ("case", "partner", "by", "question"),
    ),
    "answered": Message(
        "The partner answered", "Who asked", "{case}: {by} answered", "{answer}", ("case", "partner", "by", "answer"),
    ),
    "decided_for": Message(
        "Somebody decided for you", "Who was stood in for", "{case}: {by} decided for you",
        "{stage}. It stands in the history as {by} for you.", ("case", "partner", "by", "stage"),
    ),
    "due_soon": Message(
        "Something is due soon", "Who is waited for", "{case} is due soon", "{stage}. {due}",
        ("case", "partner", "stage", "due"),
    ),
    "expires_soon": Message(
        "Something expires soon", "Who is waited for", "{case} expires soon", "{stage}. {due}",
        ("case", "partner", "stage", "due"),
    ),
    "overdue": Message(
        "Something is overdue", "Who is waited for", "{case} is overdue", "{stage}. {due}",
        ("case", "partner", "stage", "due"),
    ),
    "escalated": Message(
        "Something overdue is escalated", "The role that the stage names",
        "{case} is overdue and was escalated to you", "{partner}. {stage}. {due} {holder}",
        ("case", "partner", "stage", "due", "holder"),
    ),
    "clock_due_soon": Message(
        "A promised time ends soon", "Who is waited for", "{case}: {clock} is due soon", "{partner}",
        ("case", "partner", "clock"),
    ),
    "clock_overdue": Message(
        "A promised time is over", "Who is waited for, or the role that it names", "{case}: {clock} is overdue",
        "{partner}", ("case", "partner", "clock"),
    ),
    "brief": Message(
        "A brief", "Who set it up", "Your brief: {headline}",
        "{about}\n\n{changed}\n\n{why}\n\n{risk}\n\n{waits}",
        ("headline", "about", "changed", "why", "risk", "waits"),
    ),
    "coupon_issued": Message(
        "A coupon is issued", "The partner's people who see money", "You have a coupon of {amount}",
        "{coupon}, valid until {until}. {comment}", ("coupon", "amount", "until", "comment"),
    ),
    "coupon_ends_soon": Message(
        "A coupon ends soon", "The partner's people who see money", "A coupon ends soon: {amount} is left",
        "{coupon} is valid until {until}; what is left then is gone.", ("coupon", "amount", "until"),
    ),
    "coupon_cancelled": Message(
        "A coupon is cancelled", "The partner's people who see money", "Your coupon {coupon} was cancelled",
        "{comment}", ("coupon", "amount", "until", "comment"),
    ),
    "ended": Message("A case is over", "The applicant", "{case}: {status}", "", ("case", "partner", "status")),
}  # fmt: skip


def filled(words: str, facts: Mapping[str, str]) -> str:
    """Words with their placeholders' values."""

    def value(found: re.Match[str]) -> str:
        known = facts.get(found[2], "")
        return f"{found[1]}{known}" if known else ""

    return _PLACEHOLDER.sub(value, words).strip()


def wording_problems(message: Message, subject: str, text: str) -> list[Problem]:
    """Everything that keeps words from being told; empty when nothing does."""
    problems: list[Problem] = []
    if not subject.strip() or len(subject) > LONGEST_SUBJECT or "\n" in subject:
        problems.append(Problem("MSG-SUBJECT", f"Write a subject of one line, {LONGEST_SUBJECT} signs.", "subject"))
    if len(text) > LONGEST_TEXT:
        problems.append(Problem("MSG-LONG", f"The text has {len(text)} signs; {LONGEST_TEXT} are the most.", "text"))
    for field, words in (("subject", subject), ("text", text)):
        known = ", ".join(f"{{{name}}}" for name in message.placeholders)
        for name in dict.fromkeys(found[2] for found in _PLACEHOLDER.finditer(words)):
            if name not in message.placeholders:
                problems.append(Problem("MSG-UNKNOWN", f"{{{name}}} means nothing here. There is: {known}.", field))
        if set("{}") & set(_PLACEHOLDER.sub("", words)):
            problems.append(Problem("MSG-BRACE", f"A brace stands alone. Placeholders are {known}.", field))
    return problems
