"""The e-mails that were sent or kept, as a test looks at them."""

from __future__ import annotations

from sqlalchemy import select

from models.core.actor import SYSTEM
from models.core.unit_of_work import unit_of_work
from models.notices import queries
from models.notices.queries import MailRow
from models.notices.tables import Mail


def mails() -> list[MailRow]:
    """Every e-mail, newest first."""
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        keys = uow.session.scalars(select(Mail.id).order_by(Mail.at.desc(), Mail.id.desc())).all()
        return [queries.mail_of(uow, key) for key in keys]
