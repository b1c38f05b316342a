"""Values as words of the house: amounts, shares, dates and times as the person prefers them.

HTML and charts take the true minus (U+2212).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from html import escape
from zoneinfo import ZoneInfo, available_timezones

from models.core.clock import BUSINESS_ZONE, now
from models.core.money import WIDE, money_text

MINUS = "\u2212"
NOTHING = "--"
NARROW = "\u202f"
"""Stands between a number and its percent sign, so that the two never part at a line end."""


_CONTINENTS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


class DateFormat(StrEnum):
    """How a person likes dates."""

    WORDS = "words"
    ISO = "iso"
    DAY_FIRST = "day_first"


DATE_FORMATS = {"words": "Jul 16, 2026", "iso": "2026-07-16", "day_first": "16.07.2026"}
ZONES = ("GMT+08:00", "UTC", *sorted(zone for zone in available_timezones() if zone.startswith(_CONTINENTS)))
"""Zones a person may choose: the business zone first, then by continent and city."""


def preferences_from(stored: Mapping[str, str]) -> Preferences:
    """What a person stored; whatever is unknown by now counts as not chosen."""
    zone, form = stored.get("zone", ""), stored.get("date_format", "")
    chosen = ZoneInfo(zone) if zone in ZONES and zone != ZONES[0] else BUSINESS_ZONE
    return Preferences(chosen, DateFormat(form) if form in DATE_FORMATS else DateFormat.WORDS)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How one person reads times: zone and date format. The default is the business zone."""

    zone: tzinfo = BUSINESS_ZONE
    date_format: DateFormat = DateFormat.WORDS

    @property
    def zone_name(self) -> str:
        """The zone as it is named on a page: `GMT+08:00` or `Europe/Tallinn`."""
        return self.zone.key if isinstance(self.zone, ZoneInfo) else str(self.zone)


_preferences: ContextVar[Preferences | None] = ContextVar("kontor_preferences", default=None)


def use_preferences(preferences: Preferences) -> None:
    """Let everything formatted in this script run follow the person's preferences; the shell calls this once."""
    _preferences.set(preferences)


def preferences() -> Preferences:
    """The preferences of the person this script run is for."""
    return _preferences.get() or Preferences()


# ---- numbers ----


def amount(value: Decimal | None) -> str:
    """`4,311,906.44`, half up, with a true minus; `--` for nothing. The currency stands beside it or in the header."""
    return NOTHING if value is None else _true_minus(money_text(value))


def eight(value: Decimal | None) -> str:
    """An amount of a single line with eight decimals, half up: `0.00012346` (CUS-COM-05)."""
    if value is None:
        return NOTHING
    return _true_minus(f"{value.quantize(Decimal('0.00000001'), ROUND_HALF_UP, WIDE):,.8f}")


def signed(value: Decimal | None) -> str:
    """A change with its sign: `+23,118.04`, `−588,204.10`, `0.00`."""
    return NOTHING if value is None else _with_sign(amount(value))


def count(value: int | None) -> str:
    """`1,284`; `--` for nothing."""
    return NOTHING if value is None else _true_minus(f"{value:,}")


def signed_count(value: int) -> str:
    """`+23`, `−4`, `0`."""
    return _with_sign(count(value))


def share(ratio: Decimal | None, places: int = 1) -> str:
    """A ratio as a share: `Decimal("0.12")` is `12.0 %`; `--` when there is none (nothing to divide by)."""
    if ratio is None:
        return NOTHING
    step = Decimal(1).scaleb(-places)
    return _true_minus(f"{(ratio * 100).quantize(step, ROUND_HALF_UP, WIDE):,}") + f"{NARROW}%"


def signed_share(ratio: Decimal | None, places: int = 1) -> str:
    """A relative change with its sign: `−12.0 %`, `+4.1 %`."""
    return NOTHING if ratio is None else _with_sign(share(ratio, places))


def compact(value: Decimal) -> str:
    """A short form for axis labels and figures that open the exact one: `2.41 M`, `981.2 k`, `184.30`."""
    for limit, name in ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k")):
        if abs(value) >= limit:
            short = value / limit
            places = Decimal("0.01") if abs(short) < 100 else Decimal("0.1")
            return _true_minus(f"{short.quantize(places, ROUND_HALF_UP):,} {name}")
    return amount(value)


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit that a chart's numbers are written in, so that they stay short and comparable.

    `places` are the decimals of what is no amount (0 of a count); None means an amount.
    """

    divisor: Decimal
    word: str
    places: int | None = None

    def of(self, unit: str) -> str:
        """The unit in words: `thousand USD`."""
        return f"{self.word} {unit}".strip()

    def short(self, value: Decimal) -> str:
        """An amount in this scale: `1,702.4`; two decimals where nothing is scaled down."""
        step = Decimal("0.01") if self.divisor == 1 else Decimal("0.1")
        if self.places is not None:
            step = Decimal(1).scaleb(-self.places)
        return _true_minus(f"{(value / self.divisor).quantize(step, ROUND_HALF_UP, WIDE):,}")

    def full(self, value: Decimal | None) -> str:
        """A value in full: an amount to the cent, a count, or what else the scale is for."""
        return amount(value) if value is None or self.places is None else self.short(value)


AMOUNTS = Scale(Decimal(1), "")
"""Amounts as they are."""


def scale_for(values: Iterable[Decimal | None]) -> Scale:
    """The scale in which the largest of the values has at most five digits before the point."""
    largest = max((abs(value) for value in values if value is not None), default=Decimal(0))
    for exponent, word in ((9, "billion"), (6, "million"), (3, "thousand")):
        if largest >= 10 ** (exponent + 1):
            return Scale(Decimal(10) ** exponent, word)
    return Scale(Decimal(1), "")


def change_of(current: Decimal, previous: Decimal | None) -> Decimal | None:
    """The relative change, or None when there was nothing (or a negative sum) to compare with."""
    return None if previous is None or previous <= 0 else WIDE.divide(current - previous, previous)


def part_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """The part as a ratio of the whole, or None when the whole is nothing (or negative)."""
    return None if whole <= 0 else WIDE.divide(part, whole)


def size(octets: int | None) -> str:
    """The size of a file: `12.4 MB`, `830.0 kB`; `--` for nothing."""
    if octets is None:
        return NOTHING
    for limit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if octets >= limit:
            return f"{octets / limit:,.1f} {name}"
    return f"{octets} B"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 customer`, `1,284 customers`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


# ---- dates ----


def day(value: date | None) -> str:
    """A business date: `Jul 16` in this year, `Jul 16, 2025` in another; or as the person prefers."""
    if value is None:
        return NOTHING
    match preferences().date_format:
        case DateFormat.ISO:
            return value.isoformat()
        case DateFormat.DAY_FIRST:
            return f"{value:%d.%m.%Y}"
    short = f"{value:%b} {value.day}"
    return short if value.year == now().astimezone(BUSINESS_ZONE).year else f"{short}, {value.year}"


def instant(value: datetime | None) -> str:
    """A time in the person's zone: `Jul 16, 2026 14:05`."""
    if value is None:
        return NOTHING
    local = value.astimezone(preferences().zone)
    match preferences().date_format:
        case DateFormat.ISO:
            return f"{local:%Y-%m-%d %H:%M}"
        case DateFormat.DAY_FIRST:
            return f"{local:%d.%m.%Y %H:%M}"
    return f"{local:%b} {local.day}, {local:%Y %H:%M}"


def clock_or_day(value: datetime) -> str:
    """When it happened, as short as possible: `14:01` today, `Yesterday`, else the day."""
    zone = preferences().zone
    local, today = value.astimezone(zone), now().astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return "Yesterday" if local.date() == today - timedelta(days=1) else day(local.date())


def business(value: datetime) -> date:
    """The business date of a time (GMT+08:00)."""
    return value.astimezone(BUSINESS_ZONE).date()


def month(value: date) -> str:
    """A billing cycle: `June 2026`."""
    return f"{value:%B %Y}"


def month_short(value: date) -> str:
    """A billing cycle on an axis: `Jun 2026`."""
    return f"{value:%b %Y}"


def months(first: date, last: date) -> str:
    """A range of billing cycles: `June 2026`, `Jan – Jun 2026`, `Nov 2025 – Jun 2026`."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    return f"{first:%b} – {last:%b %Y}" if first.year == last.year else f"{first:%b %Y} – {last:%b %Y}"


def exact(value: Decimal) -> str:
    """Every digit of an amount and no more, with thousands set apart: `3,584,104.103526745`."""
    number = f"{value:,f}"
    return _true_minus(number.rstrip("0").rstrip(".") if "." in number else number)


# ---- words ----


def text(value: str | None) -> str:
    """A value of somebody else as HTML: escaped; `--` for nothing."""
    return escape(value) if value else NOTHING


_MARKUP = re.compile(r"[\\\[\]<>$*~`&|]|(?<![^\W_])_|_(?![^\W_])")
_INDENT = re.compile(r"^(?: {4,}| {0,3}\t)[ \t]*", re.MULTILINE)
_BEGINNING = re.compile(r"^( {0,3}\d{0,9})(?:(?<!\d)[#+=:-]|(?<=\d)[.)](?=\s|$))", re.MULTILINE)
"""What would make a line code, a heading, an item of a list, or a rule."""
_BY_ITSELF = re.compile(
    r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=[-.\w+])(?=@)|(?<=:)(?=\\?[a-z+_-](?:\\?[\w+/-])*:)", re.IGNORECASE
)
"""Where words become a link, an address or an icon without any sign; no backslash keeps them from it."""
_JOINER = "\u2060"


def plain(value: str) -> str:
    """Words with something of somebody else in them, where Streamlit reads Markdown: they are shown as they are."""
    shown = _MARKUP.sub(r"\\\g<0>", value)
    shown = _BEGINNING.sub(lambda found: f"{found[1]}\\{found[0][-1]}", _INDENT.sub("", shown))
    return _BY_ITSELF.sub(_JOINER, shown)


def listing(names: Sequence[str], *, most: int = 3) -> str:
    """`A, B and C`, or `A, B and 4 more` when there are too many to name."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _true_minus(number: str) -> str:
    return number.replace("-", MINUS) if _something(number) else number.lstrip("-")


def _something(number: str) -> bool:
    """Whether a formatted number is more than zero; a rounded minus zero would read as a loss."""
    return any(digit in number for digit in "123456789")


def _with_sign(number: str) -> str:
    return number if number.startswith(MINUS) or not _something(number) else f"+{number}"


def initials(name: str) -> str:
    """At most two letters that stand for a person: `IS` for Ingrid Solberg."""
    words = [word for word in name.split() if word[:1].isalpha()]
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)) or "?"
