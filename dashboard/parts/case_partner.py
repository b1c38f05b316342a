"""What the partner does with its case, at the top of the case's page: whatever waits for it, in words."""

from __future__ import annotations

from models.applications.case_view import CaseView


def partner_actions(view: CaseView) -> None:
    """Draw what the partner may do now."""
