"""Invents what partners applied for: believable activities with budgets, and what became of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models.demo.ecosystem import DemoPartner

_SUBJECTS = (
    "Cloud Day", "Data Summit", "Migration Workshop", "FinOps Breakfast", "AI in Production", "Security Forum",
    "Serverless Evening", "Retail Tech Fair", "Energy Data Circle", "Container Bootcamp", "Public Sector Briefing",
    "Startup Night", "Backup and Recovery Clinic", "Edge for Factories", "Database Modernisation Day",
)  # fmt: skip
_TYPES = {
    "Day": "Seminar or conference", "Summit": "Seminar or conference", "Workshop": "Workshop or training",
    "Breakfast": "Executive briefing", "Forum": "Seminar or conference", "Evening": "Workshop or training",
    "Fair": "Exhibition or trade fair", "Circle": "Executive briefing", "Bootcamp": "Workshop or training",
    "Briefing": "Executive briefing", "Night": "Seminar or conference", "Clinic": "Webinar",
}  # fmt: skip
_AUDIENCES = (
    "Heads of IT of mid-sized companies", "Architects and platform teams", "Finance and procurement leads",
    "Developers and data engineers", "Managers of plants and utilities", "Founders and their first engineers",
)  # fmt: skip
_PURPOSES = (
    "Customers ask how to move their oldest systems. We show three moves we made, with cost and time.",
    "Two large accounts decide this quarter; the day brings their teams and our experts together.",
    "A new region for us: we want to be known for one thing, and to leave with twenty conversations.",
    "Spending grew faster than budgets. We show how to see it, share it, and bring it down.",
)
_VENUES = ("Harbour Hall", "Old Exchange", "Science Park, house 4", "Congress Centre", "Hotel Meridian", "Kulturhuset")
_ITEMS = (
    ("Venue", 2200, 6400), ("Catering", 900, 3600), ("Online advertising", 600, 3000), ("Design", 300, 1400),
    ("Speakers and travel", 500, 2600), ("Stand construction", 1500, 5200), ("Giveaways", 200, 1200),
    ("Print and outdoor advertising", 300, 1800),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity: the application's form, and what is claimed afterwards."""

    application: dict[str, Any]
    starts_on: date
    ends_on: date
    claim: dict[str, Any]


def invent_activity(chance: random.Random, partner: DemoPartner, starts_on: date, room: Decimal) -> Activity:
    """An activity that begins on a day, with at most `room` USD of MDF."""
    subject = chance.choice(_SUBJECTS)
    ends_on = starts_on + timedelta(days=chance.choice((0, 0, 0, 1, 1, 2)))
    budget = _budget(chance, room)
    goals = _goals(chance)
    address = f"{chance.choice(_VENUES)}, {partner.city}"
    application = {
        "activity_name": f"{partner.city} {subject} {starts_on.year}",
        "activity_type": _TYPES.get(subject.split()[-1], "Seminar or conference"), "organizer": partner.name,
        "audience": chance.choice(_AUDIENCES), "peer_vendors": chance.random() < 0.2,
        "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat(), "address": address,
        "purpose": chance.choice(_PURPOSES), "agenda": "09:00 Welcome. 09:30 Three talks. 12:00 Lunch. 13:00 Hands-on. "
        "16:00 Questions and next steps.", "participants": chance.randrange(25, 260, 5), "agreed": "1",
        **goals, "budget": budget,
    }  # fmt: skip
    return Activity(application, starts_on, ends_on, _claim(chance, application, goals, budget))


def _budget(chance: random.Random, room: Decimal) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    left = room
    for name, least, most in chance.sample(_ITEMS, chance.randint(2, 5)):
        amount = Decimal(chance.randrange(least * 100, most * 100, 500)) / 100
        used = chance.random() < 0.8 and amount <= left
        left -= amount if used else 0
        rows.append({"item": name, "mdf_used": used, "amount": f"{amount:.2f}"})
    if not any(row["mdf_used"] for row in rows):
        amount = min(Decimal(rows[0]["amount"]), left).quantize(Decimal("0.01"))
        rows[0] |= {"mdf_used": True, "amount": f"{amount:.2f}"}
    return rows


def _goals(chance: random.Random) -> dict[str, Any]:
    return {
        "customers_reached": chance.randrange(10, 160), "media_views": chance.choice((0, 0, 1200, 5400, 18_000)),
        "developed_customers": chance.randrange(1, 9), "leads": chance.randrange(4, 60),
        "opportunity_revenue": f"{chance.randrange(8_000, 240_000, 500)}.00",
    }  # fmt: skip


def _claim(
    chance: random.Random, application: dict[str, Any], goals: dict[str, Any], budget: list[dict[str, Any]]
) -> dict[str, Any]:
    """What is claimed: mostly a little less than the budget, sometimes one item more."""
    actual = {f"{name}_actual": value for name, value in goals.items()}
    for name in ("customers_reached", "developed_customers", "leads"):
        actual[f"{name}_actual"] = max(round(goals[name] * chance.uniform(0.6, 1.3)), 0)
    expenses = []
    for row in budget:
        share = Decimal(chance.choice(("0.92", "0.97", "1.00", "1.00", "1.00", "1.04")))
        expenses.append(row | {"amount": f"{(Decimal(row['amount']) * share).quantize(Decimal('0.01'))}"})
    return {
        "started_on": application["starts_on"], "ended_on": application["ends_on"],
        "actual_address": application["address"], "actual_participants": round(application["participants"] * 0.9),
        "description": "The activity took place as planned; the afternoon was full.",
        "summary": "Talks were rated 4.4 of 5. Most questions were about cost. Follow-up calls are agreed with half of "
        "the companies that came.", **actual, "expenses": expenses,
        "over_budget_reason": "Prices of the venue rose after we had booked.",
    }  # fmt: skip
