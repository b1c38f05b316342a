"""What this area lends to definitions: the steps of a payment, and the process they belong to."""

from __future__ import annotations

from pathlib import Path

from models.engines.definitions import define_process
from models.payments import actions

__all__ = ["actions"]

define_process(Path(__file__).parent / "definitions" / "partner_payment.yaml")
