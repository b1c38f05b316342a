"""Numbers and dates in the words of the house."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dashboard.parts import formats
from dashboard.parts.formats import DateFormat, Preferences
from models.core.clock import clock_at

JULY = datetime(2026, 7, 16, 6, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _default_preferences():
    formats.use_preferences(Preferences())
    yield
    formats.use_preferences(Preferences())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("3584104.103526745", "3,584,104.103526745"), ("20.52022672899", "20.52022672899"), ("-0.50", "\u22120.5"),
        ("1200", "1,200"), ("0.00", "0"),
    ],
)  # fmt: skip
def test_exact_shows_every_digit_and_no_more(value, shown):
    assert formats.exact(Decimal(value)) == shown


@pytest.mark.meets("FIN-MONEY-13")
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("4311906.435"), "4,311,906.44"),
        (Decimal("-588204.1"), "\u2212588,204.10"),
        (Decimal("-0.004"), "0.00"),
        (Decimal("0"), "0.00"),
        (None, "--"),
    ],
)
def test_amount_shows_two_decimals_half_up_and_a_true_minus(value, shown):
    assert formats.amount(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("23118.04", "+23,118.04"), ("-0.1", "\u22120.10"), ("0.001", "0.00"), ("-0.001", "0.00")],
)
def test_change_carries_its_sign_but_nothing_has_none(value, shown):
    assert formats.signed(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [("0.12", "12.0\u202f%"), ("-0.12044", "\u221212.0\u202f%"), ("-0.0001", "0.0\u202f%"), ("12.5", "1,250.0\u202f%")],
)
def test_share(ratio, shown):
    assert formats.share(Decimal(ratio)) == shown


def test_signed_share_and_nothing_to_compare_with():
    assert formats.signed_share(formats.change_of(Decimal(110), Decimal(100))) == "+10.0\u202f%"
    assert formats.signed_share(formats.change_of(Decimal(110), Decimal(0))) == "--"
    assert formats.signed_share(formats.change_of(Decimal(110), Decimal(-5))) == "--"


@pytest.mark.parametrize(
    ("largest", "word", "short"),
    [("9999.99", "", "9,999.99"), ("1702400", "thousand", "1,702.4"), ("12000000", "million", "12.0")],
)
def test_scale_keeps_chart_numbers_short(largest, word, short):
    scale = formats.scale_for([Decimal(1), None, Decimal(largest)])
    assert (scale.word, scale.short(Decimal(largest))) == (word, short)


def test_dates_name_the_year_only_when_it_is_another():
    with clock_at(JULY):
        assert formats.day(date(2026, 7, 6)) == "Jul 6"
        assert formats.day(date(2025, 7, 6)) == "Jul 6, 2025"


def test_times_follow_the_person():
    assert formats.instant(JULY) == "Jul 16, 2026 14:05"
    formats.use_preferences(Preferences(ZoneInfo("Europe/Tallinn"), DateFormat.DAY_FIRST))
    assert formats.instant(JULY) == "16.07.2026 09:05"
    assert formats.preferences().zone_name == "Europe/Tallinn"


def test_when_something_happened_is_as_short_as_possible():
    with clock_at(JULY):
        assert formats.clock_or_day(datetime(2026, 7, 15, 16, 1, tzinfo=UTC)) == "00:01"
        assert formats.clock_or_day(datetime(2026, 7, 15, 15, 59, tzinfo=UTC)) == "Yesterday"
        assert formats.clock_or_day(datetime(2026, 7, 13, 15, 59, tzinfo=UTC)) == "Jul 13"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 6, 1), date(2026, 6, 1), "June 2026"),
        (date(2026, 1, 1), date(2026, 6, 1), "Jan – Jun 2026"),
        (date(2025, 11, 1), date(2026, 6, 1), "Nov 2025 – Jun 2026"),
    ],
)
def test_months(first, last, shown):
    assert formats.months(first, last) == shown


HOSTILE = [
    "awww.evil.example", ":_smile_:",
    "https://evil.example/x", "see www.evil.example now", "HTTP://EVIL.EXAMPLE", "mail a.b+c@evil.example",
    "mailto:a@b.example", "[here](https://evil.example)", "![x](//evil.example/p.png)", "<https://evil.example>",
    "<b onclick=x>B</b>", "&lt;b&gt; &copy;", "`code` ``two``", "_one_ __two__ a_b_c _x", "*one* **two** ~~gone~~",
    "$x^2$", "# Heading", "- item", "+ item", "1. first", "2) second", "> said", "---", "===", "a\n===", "a\n# b",
    "    code", "\tcode", "a\n\n    code", "|a|b|\n|-|-|\n|1|2|", ":red[danger]", ":material/delete:", ":smile:",
    "C:\\path\\", "\\[", "[a]: https://evil.example", "~~~\nx\n~~~", "R&D 100 % <3", "    # b", " \t- x", "12) x",
]  # fmt: skip
READ_BY_ITSELF = re.compile(r"https?://|www\.|[-.\w+]@|:[a-z+_-][\w+/-]*:", re.IGNORECASE)


def _only_words(value: str) -> None:
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(formats.plain(value))
    assert {token.type for token in shown} <= {"paragraph_open", "inline", "paragraph_close"}, value
    within = [child for token in shown for child in token.children or ()]
    assert {child.type for child in within} <= {"text", "softbreak", "hardbreak"}, value
    words = "\n".join(
        "".join(child.content or "\n" for child in token.children or ()) for token in shown if token.type == "inline"
    )
    assert not READ_BY_ITSELF.search(words), value
    assert words.replace("\u2060", "").split() == value.split()


@pytest.mark.parametrize("value", HOSTILE)
def test_words_of_others_are_only_words_in_markdown(value):
    _only_words(value)


@given(
    st.lists(st.sampled_from([*"ab1 .:/@#->+=_*~`<&;[]()!|$\\\n\t", "www.", "http://", "&amp;", "    "])).map("".join)
)
def test_any_words_of_others_are_only_words_in_markdown(value):
    _only_words(value)


def test_ordinary_words_stay_readable():
    for words in (
        "Nordlicht Systems",
        "3 of 12 customers, 14:05",
        "sub_account_name",
        "Müller-Lüdenscheid (EU)",
        "−4.5 %",
    ):
        assert formats.plain(words) == words


def test_names_of_others_are_escaped():
    assert formats.text('<b onclick="x">Müller & Co</b>') == "&lt;b onclick=&quot;x&quot;&gt;Müller &amp; Co&lt;/b&gt;"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (list("ABCDE"), "A, B and 3 more"),
        ([], ""),
    ],
)
def test_listing(names, shown):
    assert formats.listing(names) == shown
