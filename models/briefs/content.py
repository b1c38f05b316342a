"""An edition as data: what it says, section by section, and the same as plain text for a mail."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Part):
    """One thing: a title, what is to be known of it, and the address within the application that shows it.

    `tone`: red, orange, green, blue or gray.
    """

    title: str
    text: str = ""
    link: str = ""
    tone: str = "gray"


class Section(_Part):
    """A part of a brief; without items `empty` says so."""

    key: str
    title: str
    items: tuple[Item, ...] = ()
    empty: str = ""


class Content(_Part):
    """A whole edition. `about` says whose data and time it is."""

    headline: str
    about: str
    sections: tuple[Section, ...]

    def words(self) -> dict[str, str]:
        """Each section as lines of plain text, by its key: what the message's placeholders stand for."""
        return {section.key: _lines(section) for section in self.sections}


def _lines(section: Section) -> str:
    said = [f"- {item.title}{': ' if item.text else ''}{item.text}" for item in section.items]
    return "\n".join([section.title.upper(), *(said or [section.empty])])


def stored(values: Any) -> Content | None:
    """An edition's content as it was stored; None of one that is not made."""
    return Content.model_validate(values) if values else None
