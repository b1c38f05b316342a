"""What a manager may change is data: a new version concerns new cases, a case keeps the version it began with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from models.applications.case_view import case_view
from models.applications.types import shipped
from models.core.errors import Refused
from models.engines.definitions import loading, registry
from tests.support.mdf import APPLICATION, INVOICING, Fund

Publish = Callable[..., None]
PRESENT = shipped("mdf").version

CHANGED = {
    "apply_before_workdays": 20, "claim_within_days": 10, "review_application": "2 working days",
    "invoice_within": "20 days", "activity_types": ["Road show"], "calendar_country": "DE",
}  # fmt: skip


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Publish:
    """Let new cases begin under an MDF with another version and other parameters."""

    def replace(version: int, parameters: Mapping[str, object]) -> None:
        shipped("mdf")
        (path,) = [each for each in registry.DEFINITIONS if each.name == "mdf.yaml"]
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        raw["version"] = version
        raw["parameters"] |= parameters
        other = tmp_path / f"{version}" / "mdf.yaml"
        other.parent.mkdir()
        other.write_text(yaml.safe_dump(raw), encoding="utf-8")
        others = [each for each in registry.DEFINITIONS if each != path]
        monkeypatch.setattr(registry, "DEFINITIONS", [*others, other])
        monkeypatch.setattr(loading, "DEFINITIONS", registry.DEFINITIONS)

    return replace


def test_a_case_keeps_the_version_it_began_with(fund: Fund, publish: Publish) -> None:
    """Approved under this version: 90 days to claim and 15 for the invoice, whatever the next one says of new cases."""
    case_id = fund.approved()
    publish(PRESENT + 1, CHANGED)
    fund.now = datetime.fromisoformat("2026-09-21T10:00+08:00")  # day 48
    fund.submit(case_id, "reimbursement", fund.claim_data(case_id))
    fund.decide(fund.joris, case_id, "approve")
    fund.decide(fund.sipho, case_id, "approve")
    with fund.as_(fund.liis) as uow:
        view = case_view(uow, case_id)
    assert (view.type.version, view.row.standing[0].due_at) == (
        PRESENT,
        datetime.fromisoformat("2026-10-06T18:00+08:00"),
    )
    fund.submit(case_id, "invoicing", INVOICING, fund.anna)
    assert fund.status(case_id) == "Pending Partner Invoice"


def test_a_new_case_begins_under_the_new_version(fund: Fund, publish: Publish) -> None:
    """Twenty working days instead of ten, by the holidays of another country; other kinds of activities; two days."""
    publish(PRESENT + 1, CHANGED)
    case_id = fund.begun()
    with pytest.raises(Refused) as error:
        fund.submit(case_id, "application", APPLICATION)
    assert sorted((each.code, each.field) for each in error.value.problems) == [
        ("FORM-VALUE", "activity_type"), ("MDA-LEAD", "late_reason"),
    ]  # fmt: skip
    assert "19 working days ahead, 20 asked for" in str(error.value)
    fund.submit(case_id, "application", APPLICATION | {"activity_type": "Road show", "late_reason": "A late idea."})
    with fund.as_(fund.joris) as uow:
        view = case_view(uow, case_id)
    assert (view.type.version, view.row.standing[0].due_at) == (
        PRESENT + 1,
        datetime.fromisoformat("2026-07-08T18:00+08:00"),
    )


def test_a_version_that_cases_run_under_is_not_changed_in_place(fund: Fund, publish: Publish) -> None:
    fund.applied()
    publish(PRESENT, CHANGED)
    with pytest.raises(RuntimeError, match=f"mdf version {PRESENT} was changed after cases were opened under it"):
        fund.begun()
