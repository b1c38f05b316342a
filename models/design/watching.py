"""Values that note which of them are read: what a check looked at, and what it asked for in vain. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Watched(Mapping[str, Any]):
    """Some values by name. `whole` is said when they are read all at once, `prefix` stands before each one's name;
    `titles` calls them otherwise."""

    def __init__(
        self, values: Mapping[str, Any], looked: list[str], lacking: list[str], *, whole: str = "", prefix: str = "",
        titles: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self._values, self._looked, self._lacking = values, looked, lacking
        self._whole, self._prefix, self._titles = whole, prefix, titles or {}
        self._copied = False

    def __getitem__(self, name: str) -> Any:
        if self._copied:
            return self._values[name]
        value = self._values.get(name)
        words = self._titles.get(name) or f"{self._prefix}{name.replace('_', ' ')}"
        if value is None or value == "":
            self._lacking.append(words)
        elif not isinstance(value, list | Mapping):
            self._looked.append(f"{words} ({value})")
        else:
            self._looked.append(words)
        return self._values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or the default when there is none; both are noted."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        """All names. Whoever copies the values asks for each one meanwhile: that is reading them as a whole."""
        if self._whole:
            self._looked.append(self._whole)
        self._copied = True
        yield from self._values
        self._copied = False

    def __len__(self) -> int:
        return len(self._values)
