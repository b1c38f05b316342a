"""The description tells the truth: whatever is asked by it, or against it, gets an answer that stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core import NotSet
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dashboard.api.app import ADDRESS, described
from tests.dashboard.api.conftest import Programs, application

load_all_checks()
CHECKS = [
    status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance,
    schemathesis.checks.not_a_server_error,
]  # fmt: skip
FEW, MANY = 3, 300


def operations() -> Iterator[Any]:
    """Every operation of the description, bound to the application as it is served."""
    schema = schemathesis.openapi.from_dict(described())
    schema.app = application()
    return (each.ok() for each in schema.get_all_operations())  # type: ignore[union-attr]


def ask_everything(programs: Programs, role: str, examples: int) -> None:
    """Requests that fit the description, and requests that do not."""
    headers = {"authorization": f"Bearer {programs.tokens[role]}"}
    for operation in operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
                strategy.validate()
            except Exception:
                if mode is GenerationMode.POSITIVE:
                    raise
                continue  # an operation without parameters cannot be asked wrongly

            @settings(
                max_examples=examples, deadline=None, database=None, derandomize=True,
                phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=strategy)
            def asked(case: Any) -> None:
                body = _body(case)
                path = f"{ADDRESS}{case.formatted_path}"
                answer = programs.client.request(
                    case.method, path, params=case.query, headers=dict(case.headers or {}) | headers, **body
                )
                case.validate_response(answer, checks=CHECKS)

            asked()


def _body(case: Any) -> dict[str, Any]:
    """The body of a request as httpx takes it; bytes are sent as they are."""
    if isinstance(case.body, NotSet):
        return {}
    if isinstance(case.body, bytes):
        return {"content": case.body}
    return {"json": case.body}


def test_nothing_is_answered_that_is_not_described(programs: Programs) -> None:
    ask_everything(programs, "ecosystem_manager", FEW)


@pytest.mark.deep
@pytest.mark.parametrize(
    "role",
    [
        "administrator", "ecosystem_manager", "analyst", "finance", "partner_admin", "account_director",
        "account_manager", "finance_specialist", "reviewer_program", "reseller",
    ],
)  # fmt: skip
def test_nothing_is_answered_that_is_not_described_however_long_it_is_asked(role: str, programs: Programs) -> None:
    ask_everything(programs, role, MANY)
