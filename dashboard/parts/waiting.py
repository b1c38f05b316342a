"""What waits for a person as rows that lead to the doing, one click away: reviews for the vendor's people, forms and
questions for a partner's; and the money that is on its way to a partner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.parts import address, formats
from dashboard.parts.due import due_words
from dashboard.parts.rows import Row, Tone
from models.applications import queries
from models.applications.rows import CaseFilter, CaseRow, QueueFilter, Standing, TaskRow
from models.applications.turns import desks_of
from models.applications.types import application_types
from models.core.actor import Actor
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import ApplicationType
from models.engines.workflow.schema import FormNode

DESKS = {"reviews": "/queue", "payments": "/payment-desk"}
ICONS = {"reviews": "rate_review", "payments": "payments"}
LOOKED_THROUGH, SHOWN = 100, 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: the first rows, how many there are in all, how many of them are late."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    overdue: int = 0


def waiting(uow: UnitOfWork, *, most: int = SHOWN) -> Waiting:
    """What this person can do now; for a vendor's person everything at the desks that their roles decide at."""
    rows = _rows(uow, most)
    late = sum(row.tone == "red" for row in rows)  # at this moment, before any timer says so
    if not uow.actor.is_vendor:
        return Waiting(tuple(rows[:most]), len(rows), late)
    if not rows:
        return Waiting()
    counts = [queries.queue_counts(uow, QueueFilter(desk=desk)) for desk in desks_of(uow)]
    return Waiting(tuple(rows), sum(each.open for each in counts), max(late, sum(each.overdue for each in counts)))


def waiting_rows(uow: UnitOfWork, *, most: int = SHOWN) -> list[Row]:
    """What this person can do now, the earliest due first; then what others wait for, then drafts, the newest first."""
    return _rows(uow, most)[:most]


def _rows(uow: UnitOfWork, most: int) -> list[Row]:
    """The first reviews of a vendor's person; of a partner's all that waits, a case that waits for two things once."""
    if uow.actor.is_vendor:
        return [_review(each) for each in queries.reviews_waiting(uow, limit=most)]
    types = application_types(uow)
    found = {each.id: each for each in queries.forms_waiting(uow)}
    rows = (_own(uow.actor, types, each) for each in sorted(found.values(), key=_urgency))
    return [row for row in rows if row is not None]


def _urgency(row: CaseRow) -> tuple[int, float, float]:
    due = min((each.due_at.timestamp() for each in row.standing if each.due_at and not each.paused), default=None)
    asked = any(each.paused for each in row.standing)
    place = 0 if asked else 1 if due is not None else 2 if row.submitted_at else 3
    return (place, due or 0, -row.changed_at.timestamp())


def _review(task: TaskRow) -> Row:
    link = address.link(DESKS.get(task.desk, "/queue"), {"case": f"{task.case_id}/{task.visit}"})
    said, tone = due_words(task.due_at) if not task.paused else ("Partner owes an answer", "blue")
    sub = " · ".join(filter(None, (task.title, task.number, "resubmitted" if task.why else "")))
    return Row(link, f"{task.label} · {task.partner}", sub, _amount(task), said, tone, ICONS.get(task.desk, "inbox"))


def _own(actor: Actor, types: Mapping[str, ApplicationType], row: CaseRow) -> Row | None:
    """A form or a question of the person's own partner; nothing when colleagues with another role see to it."""
    made = types.get(row.type)
    for each in row.standing if made else ():
        if made is None:
            continue
        if each.kind != "form":
            if each.paused and actor.may(made.permissions.apply):
                return _row(row, each, "Answer a question", "/case", "help")
            continue
        node = made.workflow.nodes.get(each.visit.partition("#")[0])
        if isinstance(node, FormNode) and actor.may(node.permission or made.permissions.apply):
            again = row.status in (node.returned, node.cancelled)
            words = "Change and send again" if again else node.invite or f"Fill in {made.forms[node.form].title}"
            icon = "undo" if row.status == node.returned else "block" if again else "edit_document"
            return _row(row, each, words, "/apply", icon)
    return None


def _row(row: CaseRow, standing: Standing, words: str, page: str, icon: str) -> Row:
    said, tone = _due(row, standing, icon)
    link = address.link(page, {"case": str(row.id)})
    title = f"{words} · {row.title or row.type_name}"
    return Row(link, title, f"{row.number} · {row.status}", _amount(row), said, tone, icon)


def _due(row: CaseRow, standing: Standing, icon: str) -> tuple[str, Tone]:
    if standing.paused:
        return "The reviewer waits", "orange"
    if standing.due_at is not None:
        return due_words(standing.due_at)
    if icon == "undo":
        return "Came back to you", "orange"
    if icon == "block":  # the partner cancelled it: nobody waits
        return "You may send it again", "gray"
    return ("Your turn" if row.submitted_at else "Not sent yet"), "gray"


def on_their_way(uow: UnitOfWork, *, most: int = 5) -> list[Row]:
    """Cases whose money was approved and is with the vendor: what is next, and until when."""
    phases = {phase for made in application_types(uow).values() for phase in paying_phases(made)}
    found = queries.cases(uow, CaseFilter(phases=phases, open=True), PageRequest(size=LOOKED_THROUGH)).rows
    rows = []
    for row in found:
        if not row.standing or row.standing[0].kind == "form":
            continue  # waits for the partner itself
        said, tone = due_words(row.standing[0].due_at, paused=row.standing[0].paused)
        link = address.link("/case", {"case": str(row.id)})
        title = row.title or row.number
        rows.append(Row(link, title, row.status, _amount(row), f"{row.standing[0].who}: {said}", tone, "payments"))
    return rows[:most]


def paying_phases(made: ApplicationType) -> set[str]:
    """The phases in which a payment process has a case."""
    nodes = made.workflow.nodes.items()
    return {node.phase for name, node in nodes if name.partition(".")[0] in made.processes and node.phase}


def _amount(row: CaseRow | TaskRow) -> str:
    return formats.amount(row.amount) if row.amount else ""
