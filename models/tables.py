"""Every mapped class of every area in one place: for migrations and for checks over the whole schema."""

from __future__ import annotations

from models.benefits import tables as benefits
from models.briefs import tables as briefs
from models.catalog import tables as catalog
from models.core import history, outbox
from models.core.database import Base
from models.coupons import tables as coupons
from models.customers import tables as customers
from models.dashboards import tables as dashboards
from models.design import tables as design
from models.engines.cases import tables as cases
from models.engines.definitions import tables as definitions
from models.engines.ledger import tables as ledger
from models.expenditures import tables as expenditures
from models.explore import tables as explore
from models.exports import tables as exports
from models.identity import tables as identity
from models.lists import tables as lists
from models.notices import tables as notices
from models.partners import tables as partners
from models.payments import tables as payments
from models.reference import tables as reference
from models.revenue import tables as revenue
from models.reviewers import tables as reviewers
from models.statistics import tables as statistics
from models.tokens import tables as tokens

__all__ = [
    "Base", "benefits", "briefs", "cases", "catalog", "coupons", "customers", "dashboards", "definitions", "design",
    "expenditures", "explore", "exports", "history", "identity", "ledger", "lists", "notices", "outbox", "partners",
    "payments", "reference", "revenue", "reviewers", "statistics", "tokens",
]  # fmt: skip
