"""What ecosystem managers decide about partners: standing, who looks after them, programs; nothing past is lost."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from models.core.errors import ChangedMeanwhile, NotFound, Problem, Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.identity import members
from models.partners import rules
from models.partners.programs import program_book
from models.partners.rules import MembershipKind, PartnerStatus, Standing
from models.partners.tables import Partner, ProgramMembership


def change_standing(uow: UnitOfWork, partner_id: UUID, wanted: Standing, *, expected: int) -> None:
    """Give a partner another tier, status or flag. `expected` is the version the person saw.

    Raises:
        NotAllowed: the actor may not change partners.
        NotFound: no such partner among those the actor may see.
        Refused: the standing breaks a rule; everything wrong at once.
        ChangedMeanwhile: somebody else was quicker.
    """
    partner = _manageable(uow, partner_id, expected=expected)
    if problems := rules.standing_problems(wanted, customers=customers.count_of_partner(uow, partner_id)):
        raise Refused(problems)
    fields = ("tier", "status", "business_authenticated", "growth_plan", "bills_paid")
    changes = {
        name: [_plain(getattr(partner, name)), _plain(getattr(wanted, name))]
        for name in fields
        if getattr(partner, name) != getattr(wanted, name)
    }
    if not changes:
        return
    for name in changes:
        setattr(partner, name, getattr(wanted, name))
    if wanted.status is PartnerStatus.LEFT:
        _leave_everything(uow, partner)
    uow.record("partner.changed", "partner", partner_id, partner_id=partner_id, changes=changes)


def set_manager(uow: UnitOfWork, partner_id: UUID, manager_id: UUID | None, *, expected: int) -> None:
    """Give a partner another ecosystem manager, or none.

    Raises:
        Refused: the person is no ecosystem manager of the vendor.
        ChangedMeanwhile: somebody else was quicker.
    """
    partner = _manageable(uow, partner_id, expected=expected)
    if partner.manager_id == manager_id:
        return
    known = members.ecosystem_managers(uow)
    if manager_id is not None and manager_id not in known:
        raise Refused(Problem("PARTNER-MANAGER", "Choose an ecosystem manager of the vendor.", "manager"))
    before = known.get(partner.manager_id) if partner.manager_id else None
    changes = {"manager": [before, known[manager_id] if manager_id else None]}
    partner.manager_id = manager_id
    uow.record("partner.manager_changed", "partner", partner_id, partner_id=partner_id, changes=changes)


def join_program(uow: UnitOfWork, partner_id: UUID, kind: MembershipKind, name: str, *, since: date) -> UUID:
    """Let a partner join a program or path from a business date.

    Raises:
        Refused: it is a member already, or the program is not for it, or the date is not possible.
    """
    partner = _manageable(uow, partner_id)
    program = program_book().of(kind).get(name)
    if program is None:
        raise Refused(Problem("PROGRAM-UNKNOWN", "Choose a program or path of the list.", "name"))
    row = ProgramMembership
    open_ = select(row.id).where(row.partner_id == partner_id, row.name == name, row.until.is_(None))
    problems = rules.joining_problems(
        partner.kind, program.kinds, joined=uow.session.scalar(open_) is not None, since=since,
        partner_since=partner.joined_on, today=uow.today,
    )  # fmt: skip
    if problems:
        raise Refused(problems)
    membership = ProgramMembership(partner_id=partner_id, kind=kind.value, name=name, since=since, until=None)
    uow.session.add(membership)
    uow.session.flush()
    changes = {kind.value: name, "since": since.isoformat()}
    uow.record("partner.program_joined", "partner", partner_id, partner_id=partner_id, changes=changes)
    return membership.id


def leave_program(uow: UnitOfWork, membership_id: UUID) -> None:
    """Let a partner leave a program or path today; that it was there stays in its record.

    Raises:
        NotFound: no such membership among those the actor may see.
        WrongState: it has left already, or joined only today.
    """
    membership = uow.session.scalar(select(ProgramMembership).where(ProgramMembership.id == membership_id))
    if membership is None:
        raise NotFound("There is no such membership among those you may see.")
    _manageable(uow, membership.partner_id)
    if membership.until is not None:
        raise WrongState(f"The partner left {membership.name} on {membership.until.isoformat()}.")
    if membership.since >= uow.today:
        raise WrongState("The partner joined only today. It can leave from tomorrow on.")
    _leave(uow, membership)


def _leave(uow: UnitOfWork, membership: ProgramMembership) -> None:
    membership.until = uow.today
    changes = {membership.kind: membership.name, "until": uow.today.isoformat()}
    partner_id = membership.partner_id
    uow.record("partner.program_left", "partner", partner_id, partner_id=partner_id, changes=changes)


def _leave_everything(uow: UnitOfWork, partner: Partner) -> None:
    row = ProgramMembership
    stmt = select(row).where(row.partner_id == partner.id, row.until.is_(None), row.since < uow.today)
    for membership in uow.session.scalars(stmt):
        _leave(uow, membership)


def _manageable(uow: UnitOfWork, partner_id: UUID, *, expected: int | None = None) -> Partner:
    uow.actor.demand("partners.manage")
    partner = uow.session.scalar(select(Partner).where(Partner.id == partner_id))
    if partner is None:
        raise NotFound("There is no such partner among those you may see.")
    if expected is not None and partner.version != expected:
        raise ChangedMeanwhile("Somebody changed this partner meanwhile. Look again, then repeat your change.")
    return partner


def _plain(value: object) -> object:
    return str(value.value) if isinstance(value, StrEnum) else value
