"""The words of messages as they are now: what a manager wrote, else the words Kontor came with; history, roll back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models.core.errors import ChangedMeanwhile, NotFound, Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.reference.messages import MESSAGES, Message, filled, wording_problems
from models.reference.queries import VIEW
from models.reference.service import MANAGE
from models.reference.tables import MessageText

Words = tuple[str, str]
"""Subject and text."""

_IN_FORCE = "messages in force"


@dataclass(frozen=True, slots=True)
class TextRow:
    """The words of a message for some time; `until` None: they are in force."""

    id: UUID
    subject: str
    text: str
    since: datetime
    until: datetime | None
    by: str
    ended_by: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message with the words in force; `changed` None: they are those Kontor came with."""

    key: str
    message: Message
    subject: str
    text: str
    changed: TextRow | None


def told(uow: UnitOfWork, key: str, facts: Mapping[str, str]) -> Words:
    """Subject and text of a message about these facts. For the system alone; one statement for a transaction."""
    message = MESSAGES[key]
    subject, text = _own(uow).get(key, (message.subject, message.text))
    return filled(subject, facts) or filled(message.subject, facts), filled(text, facts)


def _own(uow: UnitOfWork) -> Mapping[str, Words]:
    kept: Mapping[str, Words] | None = uow.session.info.get(_IN_FORCE)
    if kept is None:
        row = MessageText
        found = uow.session.execute(select(row.message, row.subject, row.text).where(row.until.is_(None)))
        kept = uow.session.info[_IN_FORCE] = {message: (subject, text) for message, subject, text in found}
    return kept


def messages(uow: UnitOfWork) -> list[MessageRow]:
    """Every message with the words in force.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    uow.actor.demand(VIEW)
    found = {row.message: row for row in uow.session.scalars(select(MessageText).where(MessageText.until.is_(None)))}
    rows = []
    for key, message in MESSAGES.items():
        own = _row(found[key]) if key in found else None
        words = (own.subject, own.text) if own else (message.subject, message.text)
        rows.append(MessageRow(key, message, *words, own))
    return rows


def texts(uow: UnitOfWork, key: str) -> list[TextRow]:
    """The words that a message ever had instead of those Kontor came with, the newest first.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    uow.actor.demand(VIEW)
    row = MessageText
    stmt = select(row).where(row.message == key).order_by(row.since.desc(), row.id.desc())
    return [_row(each) for each in uow.session.scalars(stmt)]


def _row(row: MessageText) -> TextRow:
    return TextRow(row.id, row.subject, row.text, row.since, row.until, row.set_by_name, row.ended_by_name or "")


def set_words(uow: UnitOfWork, key: str, subject: str, text: str, *, expected: UUID | None) -> UUID:
    """Let a message say something else from now on; `expected` are the words that the person saw (None: built in).

    Raises:
        NotAllowed: no role of the actor manages reference data.
        NotFound: there is no such message.
        Refused: everything wrong with the words at once; a placeholder that the message does not know.
        ChangedMeanwhile: somebody else changed them since.
    """
    before = _to_change(uow, key, expected)
    subject, text = subject.strip(), text.strip()
    if problems := wording_problems(MESSAGES[key], subject, text):
        raise Refused(problems)
    was = _end(uow, before) if before else MESSAGES[key].subject
    made = MessageText(
        message=key, subject=subject, text=text, since=uow.now, until=None, set_by_name=uow.actor.name,
        ended_by_name=None,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    uow.session.info.pop(_IN_FORCE, None)
    uow.record("message_text.changed", "message_text", made.id, changes={"message": key, "subject": [was, subject]})
    return made.id


def roll_back(uow: UnitOfWork, key: str, to: UUID | None, *, expected: UUID | None) -> None:
    """Let a message say again what it said once; None: the words that Kontor came with.

    Raises:
        NotAllowed: no role of the actor manages reference data.
        NotFound: there is no such message, or it never had those words.
        WrongState: it says so already.
        ChangedMeanwhile: somebody else changed the words since.
    """
    before = _to_change(uow, key, expected)
    if to is not None:
        old = uow.session.get(MessageText, to)
        if old is None or old.message != key:
            raise NotFound("This message never had those words.")
        set_words(uow, key, old.subject, old.text, expected=expected)
        return
    if before is None:
        raise WrongState("It says what it came with already.")
    was = _end(uow, before)
    uow.session.info.pop(_IN_FORCE, None)
    changes = {"message": key, "subject": [was, MESSAGES[key].subject]}
    uow.record("message_text.restored", "message_text", before.id, changes=changes)


def _to_change(uow: UnitOfWork, key: str, expected: UUID | None) -> MessageText | None:
    uow.actor.demand(MANAGE)
    if key not in MESSAGES:
        raise NotFound("There is no such message.")
    row = MessageText
    found = uow.session.scalar(select(row).where(row.message == key, row.until.is_(None)).with_for_update())
    if (found.id if found else None) != expected:
        who = found.set_by_name if found else "Somebody"
        raise ChangedMeanwhile(f"{who} changed these words meanwhile. Look at them again, then repeat your change.")
    return found


def _end(uow: UnitOfWork, row: MessageText) -> str:
    row.until, row.ended_by_name = uow.now, uow.actor.name
    uow.session.flush()
    return row.subject
