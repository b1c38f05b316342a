"""What a new application type can begin with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from models import areas
from models.engines.definitions.loading import Content, with_processes

HERE = Path(__file__).parent / "definitions"


@dataclass(frozen=True, slots=True)
class Template:
    """A beginning: its name and what it has, for whoever chooses."""

    name: str
    words: str


TEMPLATES = {
    "plain": Template("An application", "A form, one review, approved or back to the partner."),
    "funding": Template("Funding", "A form with an amount, business and finance review, invoice and payment."),
    "coupon": Template("A coupon", "A form with an amount, a review that says how much is issued, the coupon."),
}


@cache
def template(key: str) -> Content:
    """The content of a template. Whoever changes it works on a copy."""
    areas.load()
    raw = yaml.safe_load((HERE / f"{key}.yaml").read_text(encoding="utf-8"))
    return with_processes({"type": json.loads(json.dumps(raw, default=str)), "processes": {}})
