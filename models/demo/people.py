"""Invents the people of the demo: the vendor's staff, the members of every partner, and who of them can sign in."""

from __future__ import annotations

import random
from dataclasses import dataclass
from uuid import UUID

from models.demo.terms import DemoTerms, key, slug, world
from models.identity.rules import ACCOUNT_DIRECTOR, ACCOUNT_MANAGER, ADMINISTRATOR, PARTNER_ADMIN
from models.partners.rules import PartnerKind

FINANCE = "finance_specialist"
COMPANY_A = "Tallinn Data Foundry"
"""The company of the guide's example (ORG-ROLE-12): a CEO on the partner account, a finance specialist, two account
directors with four account managers each."""


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A person of the demo; `demo` names how the person is introduced when it can sign in."""

    id: UUID
    partner_id: UUID | None
    name: str
    email: str
    roles: tuple[str, ...]
    director_id: UUID | None = None
    demo: str = ""

    @property
    def develops_customers(self) -> bool:
        """Whether customers can be assigned to the person."""
        return ACCOUNT_MANAGER in self.roles


_STAFF = (
    ("Adelaide Whitlock", ADMINISTRATOR, "Administrator"),
    ("Ingrid Solberg", "ecosystem_manager", "Ecosystem manager"),
    ("Mei Tan", "finance", "Finance"),
    ("Joris de Wit", "reviewer_business", "Business reviewer"),
    ("Emre Aydın", "analyst", "Analyst"),
    ("Rahul Menon", "reviewer_program", ""),
    ("Élodie Mercier", "reviewer_technical", ""),
    ("Sipho Dlamini", "reviewer_finance", "Finance reviewer"),
    ("Valentina Rojas", "reviewer_operations", ""),
    ("Kamau Mwangi", "ecosystem_manager", ""),
    ("Beatriz Nogueira", "ecosystem_manager", ""),
    ("Omar Haddad", "ecosystem_manager", ""),
    ("Haruka Fujimoto", "ecosystem_manager", ""),
    ("Niamh Kavanagh", "reviewer_business", ""),
    ("Tomáš Novotný", "reviewer_technical", ""),
    ("Nurul Rahman", "reviewer_program", ""),
    ("Henrik Lindner", "finance", "Second in finance"),
    ("Ananya Iyer", "analyst", ""),
    ("Mikkel Sørensen", "reviewer_operations", ""),
    ("Lerato Khumalo", "reviewer_finance", ""),
)

# Members that pictures and tour name; the rest is invented. Directors and managers alternate in pairs of teams.
_KNOWN: dict[str, tuple[tuple[str, str], ...]] = {
    COMPANY_A: (
        ("Kristjan Saar", PARTNER_ADMIN), ("Piret Rebane", FINANCE),
        ("Toomas Lepik", ACCOUNT_DIRECTOR), ("Laura Kalniņa", ACCOUNT_DIRECTOR),
        ("Marta Kask", ACCOUNT_MANAGER), ("Rasmus Tamm", ACCOUNT_MANAGER), ("Kadri Mägi", ACCOUNT_MANAGER),
        ("Jānis Ozols", ACCOUNT_MANAGER), ("Eglė Petrauskaitė", ACCOUNT_MANAGER), ("Andris Bērziņš", ACCOUNT_MANAGER),
        ("Ieva Liepa", ACCOUNT_MANAGER), ("Mantas Kazlauskas", ACCOUNT_MANAGER),
    ),
    "Nordlicht Systems": (("Katharina Brandt", PARTNER_ADMIN), ("Jonas Weber", ACCOUNT_MANAGER)),
    "Kapstadt Digital": (("Anele Nkosi", PARTNER_ADMIN), ("Thandi Mokoena", ACCOUNT_MANAGER)),
    "Harbor & Finch Consulting": (("Hui Min Chua", PARTNER_ADMIN), ("Wei Lin Goh", ACCOUNT_MANAGER)),
    "Aurelia Software": (("Lorenzo Galli", PARTNER_ADMIN), ("Chiara Bruno", ACCOUNT_MANAGER)),
    "Baltic Cloudworks": (("Liis Tamm", PARTNER_ADMIN),),
}  # fmt: skip
_SIGN_IN = {
    "Kristjan Saar": "Partner admin", "Toomas Lepik": "Account director", "Marta Kask": "Account manager",
    "Piret Rebane": "Finance specialist",
}  # fmt: skip
_ADMINS = {"Hansa Vertrieb Digital": "Distributor admin", "Alpenblick EDV": "Reseller admin"}
"""A distributor and one of its resellers whose administrators can sign in."""


def vendor_staff(terms: DemoTerms) -> list[DemoUser]:
    """The vendor's people, of every role."""
    return [
        DemoUser(key(terms, "staff", name), None, name, f"{_mailbox(name)}@northwind.example", (role,), demo=demo)
        for name, role, demo in _STAFF
    ]


def ecosystem_managers(staff: list[DemoUser]) -> list[DemoUser]:
    """Who looks after partners, one per sales region in alphabetical order; Ingrid Solberg has Europe."""
    managers = {user.name: user for user in staff if "ecosystem_manager" in user.roles}
    order = ("Haruka Fujimoto", "Ingrid Solberg", "Beatriz Nogueira", "Omar Haddad", "Kamau Mwangi")
    return [managers[name] for name in order]


def members(
    terms: DemoTerms, chance: random.Random, partner_id: UUID, partner: str, kind: PartnerKind, group: str
) -> list[DemoUser]:
    """The people of a partner; known ones first. Account managers belong to a director where there is one."""
    known = _KNOWN.get(partner, ())
    wanted = [] if partner == COMPANY_A else _wanted(chance, kind)
    for _, role in known:
        if role in wanted:
            wanted.remove(role)
    names = _invented(chance, group, len(wanted), {name for name, _ in known})
    rows = [*known, *zip(names, wanted, strict=True)]
    directors = [key(terms, partner, name) for name, role in rows if role == ACCOUNT_DIRECTOR]
    made, managers = [], 0
    for name, role in rows:
        director = None
        if role == ACCOUNT_MANAGER and directors:
            director, managers = directors[managers // 4 % len(directors)], managers + 1
        email = f"{_mailbox(name)}@{slug(partner)}.example"
        shown = _SIGN_IN.get(name, "") if partner == COMPANY_A else ""
        if role == PARTNER_ADMIN:
            shown = _ADMINS.get(partner, shown)
        made.append(DemoUser(key(terms, partner, name), partner_id, name, email, (role,), director, shown))
    return made


def _wanted(chance: random.Random, kind: PartnerKind) -> list[str]:
    if kind in (PartnerKind.LEARNING, PartnerKind.SOFTWARE, PartnerKind.SERVICE):
        managers = chance.randint(0, 2) if kind is not PartnerKind.LEARNING else 0
    else:
        managers = chance.randint(2, 7)
    directors = 1 if managers > 3 else 0
    finance = 1 if chance.random() < 0.7 else 0
    return (
        [PARTNER_ADMIN] + [FINANCE] * finance + [ACCOUNT_DIRECTOR] * directors + [ACCOUNT_MANAGER] * managers
    )  # fmt: skip


def _invented(chance: random.Random, group: str, count: int, taken: set[str]) -> list[str]:
    names = world().groups[group]
    made: list[str] = []
    while len(made) < count:
        name = f"{chance.choice(names.given)} {chance.choice(names.family)}"
        if name not in taken:
            taken.add(name)
            made.append(name)
    return made


def _mailbox(name: str) -> str:
    return slug(name).replace("-", ".")
