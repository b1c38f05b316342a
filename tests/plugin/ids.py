"""The written requirements: their IDs as `docs/requirements/*.md` define them."""

from __future__ import annotations

import re
from functools import cache

from tests.support import ROOT

REQUIREMENTS = ROOT / "docs" / "requirements"

_ID = r"(?:ONB|ORG|BEN|CUS|FIN|DST|RSL|SUB|OPP|SUP)-[A-Z0-9]+-\d+[a-z]?"
_DEFINITION = re.compile(rf"^\s*(?:[-*]\s+|\|\s*)?[*`]*({_ID})\b")
# Work lists of the vendor and open points are cited like requirements but are none.
_NO_REQUIREMENT = re.compile(r"-(?:OP|V|VND)-\d+[a-z]?$")


@cache
def defined_ids() -> dict[str, str]:
    """Every ID with the line that defines it, in the order of the chapters."""
    found: dict[str, str] = {}
    for chapter in sorted(REQUIREMENTS.glob("*.md")):
        for line in chapter.read_text(encoding="utf-8").splitlines():
            if match := _DEFINITION.match(line):
                found.setdefault(match.group(1), " ".join(line.split())[:150])
    return found


def requirements_by_area() -> dict[str, list[str]]:
    """Area (`FIN-SEXP`) to the IDs of its requirements; vendor work lists and open points left out."""
    areas: dict[str, list[str]] = {}
    for requirement in defined_ids():
        if not _NO_REQUIREMENT.search(requirement):
            areas.setdefault(requirement.rsplit("-", 1)[0], []).append(requirement)
    return areas
