"""How many have to agree before a review is decided, as a manager writes it: `2`, `all`, `2 of 3`, `60 %`, or a number
of each role or group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

_OF = re.compile(r"(\d{1,3}) of (\d{1,3})")
_PERCENT = re.compile(r"(\d{1,3}) ?%")
_HELP = "write for example 2, all, 2 of 3, 60 %, or a number of each role"


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many have to agree.

    A number, `all` and a number of each entry (`audience.py`) end with the first no. Of so many (`of`) and a percentage
    of whoever may decide, noes are counted: they end it once so many can no longer agree.
    """

    number: int = 1
    of: int = 0
    percent: int = 0
    everybody: bool = False
    each: tuple[tuple[str, int], ...] = ()

    @classmethod
    def parse(cls, written: Any) -> Quorum:
        """The quorum that is written.

        Raises:
            ValueError: it is none.
        """
        if isinstance(written, Quorum):
            return written
        if isinstance(written, Mapping) and written and all(_is_number(number) for number in written.values()):
            return cls(sum(written.values()), each=tuple((str(entry), number) for entry, number in written.items()))
        if _is_number(written):
            return cls(written)
        words = str(written).strip()
        if words in ("any", "all"):
            return cls(everybody=words == "all")
        if (found := _OF.fullmatch(words)) and 1 <= int(found[1]) <= int(found[2]):
            return cls(int(found[1]), of=int(found[2]))
        if (found := _PERCENT.fullmatch(words)) and 1 <= int(found[1]) <= 100:
            return cls(percent=int(found[1]))
        raise ValueError(f"{written!r} is no quorum; {_HELP}")

    @property
    def is_one(self) -> bool:
        """Whether one person decides alone."""
        return self == Quorum()

    @property
    def counts_noes(self) -> bool:
        """Whether one no decides nothing yet."""
        return bool(self.of or self.percent)

    def needed(self, voters: int) -> int:
        """How many of so many people have to agree."""
        if self.everybody:
            return voters
        return max(1, -(-voters * self.percent // 100)) if self.percent else self.number

    def is_filled(self, stands_for: Sequence[Sequence[str]]) -> bool:
        """Whether people who agreed, each with the entries that they fit, fill every entry's number: nobody two."""
        places = [entry for entry, number in self.each for _ in range(number)]
        taken: dict[int, int] = {}

        def seated(person: int, tried: set[int]) -> bool:
            for place, entry in enumerate(places):
                if entry in stands_for[person] and place not in tried:
                    tried.add(place)
                    if place not in taken or seated(taken[place], tried):
                        taken[place] = person
                        return True
            return False

        return sum(seated(person, set()) for person in range(len(stands_for))) >= len(places)

    def progress(self, votes: int) -> str:
        """How far it is, in words: `1 of 2 agreed`."""
        if self.each:
            return f"{votes} of {self.number} agreed, of each: {', '.join(entry for entry, _ in self.each)}"
        if self.counts_noes or self.everybody:
            return f"{votes} decided, {self} have to agree"
        return f"{votes} of {self.number} agreed"

    def __str__(self) -> str:
        if self.each:
            return ", ".join(f"{number} {entry}" for entry, number in self.each)
        if self.everybody:
            return "all"
        return f"{self.percent} %" if self.percent else f"{self.number} of {self.of}" if self.of else str(self.number)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


QuorumField = Annotated[Quorum, BeforeValidator(Quorum.parse)]
