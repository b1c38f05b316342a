"""Invents the partners, the people who work for them, and their customers with all that changed over the years."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from models.customers.rules import AssignmentTerms, AssociationType, counts_from
from models.demo import people
from models.demo.people import DemoUser
from models.demo.terms import DemoTerms, PartnerLine, key, partner_lines, slug, world
from models.partners.rules import PartnerKind, PartnerStatus, Tier

PATHS = {
    PartnerKind.SERVICE: "Service Path", PartnerKind.SOFTWARE: "Software Path", PartnerKind.LEARNING: "Learning Path",
}  # fmt: skip
PROGRAMS = {
    PartnerKind.CLOUD_SOLUTION_PROVIDER: "Cloud Solution Provider Program",
    PartnerKind.DISTRIBUTOR: "Distributor Program",
    PartnerKind.RESELLER: "Reseller Program",
}
RESELLING = tuple(PROGRAMS)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A customer by name, who is looked for on the tour: what it spends a month, in USD."""

    name: str
    country: str
    industry: str
    partner: str
    manager: str
    monthly: int


ANCHORS = (
    Anchor("Bluewing Air Cargo", "EE", "Logistics", "Tallinn Data Foundry", "Marta Kask", 1_060_000),
    Anchor("Fjordline Logistics", "NO", "Logistics", "Nordlicht Systems", "Jonas Weber", 405_000),
    Anchor("Kudu Mobile Money", "ZA", "Banking", "Kapstadt Digital", "Thandi Mokoena", 296_000),
    Anchor("Orchid Freight Lines", "SG", "Logistics", "Harbor & Finch Consulting", "Wei Lin Goh", 289_000),
    Anchor("Lumière Broadcast", "FR", "Media", "Aurelia Software", "Chiara Bruno", 241_000),
    Anchor("Polder Energie", "NL", "Energy", "Nordlicht Systems", "Jonas Weber", 226_000),
)


@dataclass(slots=True)
class DemoPartner:
    """A partner of the demo with what its row holds."""

    id: UUID
    number: str
    name: str
    kind: PartnerKind
    tier: Tier
    status: PartnerStatus
    country: str
    region: str
    city: str
    currency: str
    joined_on: date
    parent_id: UUID | None
    manager_id: UUID | None
    business_authenticated: bool
    growth_plan: bool
    bills_paid: bool
    programs: list[tuple[str, str, date, date | None]] = field(default_factory=list)
    managers: list[DemoUser] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stay:
    """A customer at a partner, until a date that no longer counts."""

    partner: DemoPartner
    kind: AssociationType
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Care:
    """An account manager looks after a customer; counts until a date that no longer counts."""

    partner_id: UUID
    user_id: UUID
    assigned_on: date
    counts_from: date
    unassigned_on: date | None
    counts_until: date | None


@dataclass(slots=True)
class DemoCustomer:
    """A customer of the demo, its history, and what it spends a month in USD at the start."""

    id: UUID
    name: str
    account_name: str
    sub_account: str
    email: str
    mobile: str
    country: str
    region: str
    currency: str
    industry: str
    enterprise: bool
    stays: list[Stay]
    care: list[Care]
    monthly: float
    anchor: bool

    @property
    def now_at(self) -> Stay | None:
        """Where it is now; None when it left."""
        return self.stays[-1] if self.stays[-1].until is None else None


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """Everything that was invented, before anything is written."""

    partners: list[DemoPartner]
    users: list[DemoUser]
    customers: list[DemoCustomer]


def invent(terms: DemoTerms, today: date) -> Ecosystem:
    """The companies and people of a demo as of a business date; the same for the same seed, size and date."""
    chance = random.Random(terms.seed)
    staff = people.vendor_staff(terms)
    partners = _partners(terms, chance, today, people.ecosystem_managers(staff))
    users = [*staff]
    for partner in partners:
        members = people.members(
            terms, chance, partner.id, partner.name, partner.kind, world().countries[partner.country][2]
        )
        partner.managers = [user for user in members if user.develops_customers]
        users += members
    return Ecosystem(partners, users, _customers(terms, chance, today, partners))


def _partners(terms: DemoTerms, chance: random.Random, today: date, managers: list[DemoUser]) -> list[DemoPartner]:
    found: dict[str, DemoPartner] = {}
    for number, line in enumerate(partner_lines(), start=1):
        found[line.name] = _partner(terms, chance, today, number, line, found.get(line.parent), managers)
    return list(found.values())


def _partner(
    terms: DemoTerms, chance: random.Random, today: date, number: int, line: PartnerLine, parent: DemoPartner | None,
    managers: list[DemoUser],
) -> DemoPartner:  # fmt: skip
    region, currency, _ = world().countries[line.country]
    kind = PartnerKind(line.kind)
    anchor = any(anchor.partner == line.name for anchor in ANCHORS)
    joined = today - timedelta(days=chance.randint(1500, 2600) if anchor else chance.randint(400, 2600))
    tier = Tier.ADVANCED if anchor else chance.choices(list(Tier), (15, 40, 30, 15))[0]
    odds = chance.random()
    status = PartnerStatus.ACTIVE
    if not anchor and not parent and kind not in (PartnerKind.DISTRIBUTOR,):
        status = PartnerStatus.DORMANT if odds < 0.05 else PartnerStatus.SUSPENDED if odds < 0.07 else status
    manager = managers[sorted({country[0] for country in world().countries.values()}).index(region)]
    looked_after = anchor or chance.random() > 0.06
    partner = DemoPartner(
        id=key(terms, "partner", line.name), number=f"P-{10_000 + number}", name=line.name, kind=kind, tier=tier,
        status=status, country=line.country, region=region, city=line.city, currency=currency, joined_on=joined,
        parent_id=parent.id if parent else None, manager_id=manager.id if looked_after else None,
        business_authenticated=anchor or chance.random() < 0.8, growth_plan=chance.random() < 0.25,
        bills_paid=anchor or chance.random() < 0.7,
    )  # fmt: skip
    partner.programs = list(_programs(chance, partner, today))
    return partner


def _programs(chance: random.Random, partner: DemoPartner, today: date) -> list[tuple[str, str, date, date | None]]:
    joined = partner.joined_on
    rows: list[tuple[str, str, date, date | None]] = []
    if partner.kind in PROGRAMS:
        rows.append(("program", PROGRAMS[partner.kind], joined, None))
    rows.append(("path", PATHS.get(partner.kind, "Digital Transformation Path"), joined, None))
    if chance.random() < 0.35:
        since = joined + timedelta(days=chance.randint(30, 100))
        left = since + timedelta(days=chance.randint(60, 300))
        rows.append(("path", "Service Path", since, left if left < today and chance.random() < 0.4 else None))
    return rows


# ---- customers ----


def _customers(terms: DemoTerms, chance: random.Random, today: date, partners: list[DemoPartner]) -> list[DemoCustomer]:
    by_name = {partner.name: partner for partner in partners}
    names = _Names(chance)
    rows: list[DemoCustomer] = []
    for anchor in ANCHORS:
        partner = by_name[anchor.partner]
        rows.append(_anchor(terms, chance, len(rows), anchor, partner))
    sellers = [p for p in partners if p.kind is not PartnerKind.LEARNING]
    weights = [_appetite(chance, p) for p in sellers]
    by_region: dict[str, list[DemoPartner]] = defaultdict(list)
    for partner in sellers:
        if partner.kind in RESELLING and partner.status is PartnerStatus.ACTIVE:
            by_region[partner.region].append(partner)
    for partner in chance.choices(sellers, weights, k=terms.customers - len(rows)):
        rows.append(_customer(terms, chance, len(rows), partner, by_region[partner.region], names, today))
    return rows


def _appetite(chance: random.Random, partner: DemoPartner) -> float:
    """How many customers a partner has compared with others."""
    usual = {
        PartnerKind.CLOUD_SOLUTION_PROVIDER: 6.0, PartnerKind.DISTRIBUTOR: 4.0, PartnerKind.RESELLER: 2.2,
        PartnerKind.SERVICE: 0.9, PartnerKind.SOFTWARE: 0.9,
    }[partner.kind]  # fmt: skip
    drawn = chance.lognormvariate(0, 0.6)
    return 16.0 if any(anchor.partner == partner.name for anchor in ANCHORS) else usual * drawn


class _Names:
    """Gives out company names of a language, each once."""

    def __init__(self, chance: random.Random) -> None:
        self._taken = {anchor.name for anchor in ANCHORS}
        self._left: dict[str, list[tuple[str, str]]] = {}
        for name, group in world().groups.items():
            pairs = [tuple(line.split("|")) for line in group.lines]
            made = [(line.format(stem), industry) for stem in group.stems for line, industry in pairs]
            chance.shuffle(made)
            self._left[name] = made
        self._again = {name: list(made) for name, made in self._left.items()}
        self._round = dict.fromkeys(self._left, 0)

    def take(self, group: str) -> tuple[str, str]:
        """The next name and its industry. When a language has no more, its companies have holdings too."""
        while True:
            if not self._left[group]:
                self._round[group] += 1
                self._left[group] = list(self._again[group])
            name, industry = self._left[group].pop()
            name += ("", " Holding", " International", " Digital", " Group")[self._round[group]]
            if name not in self._taken:
                self._taken.add(name)
                return name, industry


def _anchor(terms: DemoTerms, chance: random.Random, number: int, anchor: Anchor, partner: DemoPartner) -> DemoCustomer:
    since = partner.joined_on + timedelta(days=40)
    manager = next(user for user in partner.managers if user.name == anchor.manager)
    care = Care(partner.id, manager.id, since, counts_from(since, AssignmentTerms()), None, None)
    stays = [Stay(partner, AssociationType.RESELLER, since, None)]
    row = _row(terms, chance, number, anchor.name, anchor.country, anchor.industry, stays, [care])
    row.currency, row.monthly, row.anchor, row.enterprise = "USD", float(anchor.monthly), True, True
    return row


def _customer(
    terms: DemoTerms, chance: random.Random, number: int, partner: DemoPartner, others: list[DemoPartner],
    names: _Names, today: date,
) -> DemoCustomer:  # fmt: skip
    country = partner.country
    if chance.random() < 0.15 and others:
        country = chance.choice(others).country
    name, industry = names.take(world().countries[country][2])
    oldest = (today - partner.joined_on).days
    age = max(chance.uniform(0, 1), chance.uniform(0, 1)) * (oldest - 5)
    since = today - timedelta(days=int(age) + 3)
    stays = _stays(chance, partner, others, since, today)
    return _row(terms, chance, number, name, country, industry, stays, _care_over(chance, stays, today))


def _stays(
    chance: random.Random, partner: DemoPartner, others: list[DemoPartner], since: date, today: date
) -> list[Stay]:
    referral = partner.kind not in RESELLING or (partner.parent_id is None and chance.random() < 0.08)
    kind = AssociationType.REFERRAL if referral else AssociationType.RESELLER
    days = (today - since).days
    odds = chance.random()
    if days < 150 or odds > 0.06:
        return [Stay(partner, kind, since, None)]
    changed = since + timedelta(days=chance.randint(60, days - 30))
    if odds < 0.02:  # left for good
        return [Stay(partner, kind, since, changed)]
    old = [other for other in others if other is not partner and other.joined_on < since]
    if not old:
        return [Stay(partner, kind, since, None)]
    return [
        Stay(chance.choice(old), AssociationType.RESELLER, since, changed),
        Stay(partner, kind, max(changed, partner.joined_on), None),
    ]


def _care_over(chance: random.Random, stays: list[Stay], today: date) -> list[Care]:
    rows: list[Care] = []
    for stay in stays:
        if stay.partner.managers and chance.random() < 0.86:
            rows += _care(chance, stay, today)
    return rows


def _care(chance: random.Random, stay: Stay, today: date) -> list[Care]:
    """The account managers of one stay, one after the other, as `customers.rules` says from when they count."""
    terms = AssignmentTerms()
    partner = stay.partner
    manager = chance.choice(partner.managers)
    begin = stay.since
    end = stay.until or today
    rows: list[Care] = []
    if len(partner.managers) > 1 and (end - begin).days > 120 and chance.random() < 0.18:
        changed = begin + timedelta(days=chance.randint(45, (end - begin).days - 20))
        first = chance.choice([user for user in partner.managers if user is not manager])
        begins = counts_from(begin, terms)
        rows.append(Care(partner.id, first.id, begin, begins, changed, max(counts_from(changed, terms), begins)))
        begin = changed
    begins = counts_from(begin, terms)
    until = max(stay.until, begins) if stay.until else None
    return [*rows, Care(partner.id, manager.id, begin, begins, stay.until, until)]


def _row(
    terms: DemoTerms, chance: random.Random, number: int, name: str, country: str, industry: str, stays: list[Stay],
    care: list[Care],
) -> DemoCustomer:  # fmt: skip
    region, currency, _ = world().countries[country]
    domain = slug(name)
    return DemoCustomer(
        id=key(terms, "customer", number), name=name, account_name=domain.replace("-", "_")[:40] + f"_{number + 1:04d}",
        sub_account=f"{58_300_000_000 + number * 7_919:012d}", email=f"cloud@{domain}.example",
        mobile=f"+{chance.choice((27, 31, 33, 44, 49, 65, 372))} {chance.randint(100_000_000, 999_999_999)}",
        country=country, region=region, currency=currency if chance.random() < 0.3 else "USD", industry=industry,
        enterprise=chance.random() < 0.94, stays=stays, care=care, monthly=0.0, anchor=False,
    )  # fmt: skip
