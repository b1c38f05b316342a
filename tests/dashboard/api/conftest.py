"""The API as programs call it: over ASGI, behind the guard, with tokens of people of every role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.testclient import TestClient

from dashboard.api import access
from dashboard.api.app import ADDRESS, api
from dashboard.api.limits import Limits
from dashboard.guard import Guard
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.identity.roles import role_book
from models.partners.rules import PartnerKind
from models.tokens import service
from models.tokens.rules import TokenArea
from tests.support.build import Build
from tests.support.mdf import Fund

ROLES = (*role_book().vendor, *role_book().partner)


@dataclass
class Programs:
    """A token for somebody of every role, and for the administrator of a `reseller`.

    `home` is a partner's case, `foreign` one of another partner.
    """

    client: TestClient
    tokens: Mapping[str, str]
    actors: Mapping[str, Actor]
    home: UUID
    foreign: UUID

    def ask(self, role: str, method: str, path: str, **more: Any) -> Any:
        """One request in the name of somebody of a role."""
        headers = {"authorization": f"Bearer {self.tokens[role]}"} | more.pop("headers", {})
        return self.client.request(method, f"{ADDRESS}{path}", headers=headers, **more)


def application() -> Starlette:
    """What the web process serves of the API."""
    return Starlette(routes=[Mount(ADDRESS, app=api)], middleware=[Middleware(Guard)])


def token_for(actor: Actor, *areas: TokenArea) -> str:
    """The secret of a new token of somebody; without areas it opens all."""
    with unit_of_work(actor=actor) as uow:
        return service.create(uow, "Test", areas or tuple(TokenArea), 30).secret


@pytest.fixture
def programs(on_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """Everybody at one partner and the vendor, and a second partner that has a case too."""
    monkeypatch.setattr(access, "LIMITS", Limits())
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        fund, other = Fund(build), Fund(build)
        home, foreign = fund.applied(), other.applied()
        actors = {
            role: build.actor(role, partner=None if role in role_book().vendor else fund.partner) for role in ROLES
        }
        depot = build.partner(kind=PartnerKind.DISTRIBUTOR)
        shop = build.partner(kind=PartnerKind.RESELLER, parent_id=depot.id)
        actors["reseller"] = build.actor("partner_admin", partner=shop)
    tokens = {role: token_for(actor) for role, actor in actors.items()}
    with TestClient(application(), raise_server_exceptions=False) as client:
        yield Programs(client, tokens, actors, home, foreign)
