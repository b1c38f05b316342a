"""A kind of export for tests: customers that the actor may see, so that a widened scope would show."""

from __future__ import annotations

from sqlalchemy import func, select

from models.core.unit_of_work import UnitOfWork
from models.customers.tables import Customer
from models.exports.producers import Column, Produced, Question, register
from models.exports.rules import ColumnKind

COLUMNS = (Column("Number"), Column("Customer", ColumnKind.NAME), Column("E-mail", ColumnKind.EMAIL))


class VisibleCustomers:
    """`test.customers`: `breaks` lets the reading fail as a broken disk would."""

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """The visible customers."""
        return int(uow.session.scalar(select(func.count(Customer.id))) or 0)

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """Their account, name and address."""
        if question.get("breaks"):
            raise OSError("the disk is on fire")
        stmt = select(Customer.account_name, Customer.name, Customer.email).order_by(Customer.account_name)
        rows = [tuple(row) for row in uow.session.execute(stmt)]
        return Produced(COLUMNS, iter([list(zip(*rows, strict=True))] if rows else []), uow.now, [("Filter", "none")])


register("test.customers", VisibleCustomers())
