"""What people write beside a form: comments, questions, answers."""

from __future__ import annotations

from models.core.errors import Problem, Refused
from models.engines.forms.values import storable

MOST_CHARACTERS = 4_000
"""Of one remark: what is longer belongs into a document."""


def remark(text: str, field: str) -> str:
    """The text as it is kept.

    Raises:
        Refused: it is too long.
    """
    if len(text) > MOST_CHARACTERS:
        words = f"Write at most {MOST_CHARACTERS:,} characters (these are {len(text):,}). Attach a document for more."
        raise Refused(Problem("CASE-LONG", words, field))
    kept: str = storable(text)
    return kept
