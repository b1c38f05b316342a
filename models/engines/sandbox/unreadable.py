"""What is said of a file that cannot become a table."""

from __future__ import annotations


class Unreadable(Exception):
    """The file cannot become a table; the words say why and what to do."""
