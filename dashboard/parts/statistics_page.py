"""Draws a page of statistics from its description: sentence, figures, tiles; a click filters or leads on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby

import streamlit as st

from dashboard.parts import address, formats, tiles
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.figure_alerts import alert_button
from dashboard.parts.figures import Figure, Meaning, figures
from dashboard.parts.go import go_to
from dashboard.parts.head import answer, page_head
from dashboard.parts.lines_link import lines_link
from dashboard.parts.statistics_controls import chips
from dashboard.parts.statistics_export import export_menu
from dashboard.parts.statistics_view import View, only_filter, view_from_address
from dashboard.parts.statistics_views import views_menu
from dashboard.parts.tiles_chart import Clicked
from dashboard.parts.tiles_words import Written
from models.core.actor import current_actor
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.statistics import Unit, month_end
from models.statistics import asking, catalogue
from models.statistics.asks import Ask, Relative
from models.statistics.findings import finding, moved, says_something, value_text
from models.statistics.pages import Shown
from models.statistics.pages import page as page_of
from models.statistics.results import Result
from models.statistics.tiles import ChartKind, Tile


@dataclass(frozen=True, slots=True)
class Below:
    """What stands below the tiles of a tab; `asks` are the questions that an export asks for it."""

    draw: Callable[[View], None]
    asks: Callable[[View], Sequence[tuple[str, Ask]]] = lambda view: ()


_NAMED = re.compile(r"\{([a-z_0-9]+)(\.change)?\}")
_MEANING: Mapping[str, Meaning] = {"good": "more_is_good", "bad": "more_is_bad", "neutral": "neutral"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page in one state with all its answers."""

    view: View
    subject: str
    today: date
    shown: Sequence[Shown]
    strip: Sequence[Result]
    drawn: Sequence[Tile]
    answers: Mapping[str, tiles.Answer]

    @property
    def whole(self) -> Result:
        """What the figures answer: that of the amounts where there are some."""
        return self.strip[0]

    @property
    def values(self) -> Mapping[str, tuple[Result, int]]:
        """By measure, the answer that has it and its place there."""
        return {each.name: (found, place) for found in self.strip for place, each in enumerate(found.measures)}


def draw(key: str, *, below: Mapping[str, Below] | None = None) -> None:
    """The page of a key at its address; `below` has the lists that its tabs name."""
    made = page_of(key)
    with lake_readable(made.title):
        with unit_of_work(read_only=True) as uow:
            found = _asked(uow, key)
        if found is None:
            page_head(made.title, line=["GMT+08:00"])
            state("refused", "These statistics are not for your kind of partner", "Your other statistics are beside.")
            return
        listed = (below or {}).get(found.view.tab.lists)
        _head(found, listed)
        chips(found.view, found.whole, found.today)
        for problem in (*found.view.problems, *_heeded(found)):
            st.caption(f":material/info: {formats.plain(problem)}")
        _tabs(found.view)
        answer(_sentence(found), beside=_beside(found))
        _figures(found)
        _tiles(found)
        if listed:
            listed.draw(found.view)


def _asked(uow: UnitOfWork, key: str) -> Page | None:
    view = view_from_address(uow, page_of(key))
    if view is None:
        return None
    actor = uow.actor
    shown, drawn = view.tab.figures_for(actor), view.tab.tiles_for(actor, view.kind)
    strip = [asking.answer(uow, each.within(view.asked, today=uow.today)) for each in _strip(view, shown, uow)]
    return Page(view, _subject(uow), uow.today, shown, strip, drawn, tiles.ask_tiles(uow, drawn, view.asked))


def _strip(view: View, shown: Sequence[Shown], uow: UnitOfWork) -> list[Tile]:
    """The questions of the figures, and of what else the sentence names and the person may see.

    Amounts are asked by themselves: counts beside them would be of their currency alone.
    """
    named = [name for name, _ in _NAMED.findall(view.tab.answer) if catalogue.facts_of(name).open_to(uow.actor)]
    names = dict.fromkeys([*(each.measure for each in shown), *named])
    money = [name for name in names if catalogue.measure(name).unit is Unit.MONEY]
    others = [name for name in names if name not in money]
    return [Tile(key="figures", ask=Ask.of(*each)) for each in (money, others) if each]


def _subject(uow: UnitOfWork) -> str:
    from dashboard.parts.expenditures_data import subject_of

    return subject_of(uow)


def _head(found: Page, listed: Below | None) -> None:
    made = found.view.page
    fresh = [
        *(each.as_of for each in found.strip),
        *(each.as_of for each in found.answers.values() if isinstance(each, Result)),
    ]
    oldest = min((each for each in fresh if each), default=None)
    line = [found.subject, "GMT+08:00", f"data as of {formats.instant(oldest)}" if oldest else "", made.about]
    words, actions = st.columns([1.25, 1], vertical_alignment="center")
    with words:
        page_head(made.title, line=list(filter(None, line)))
    with actions, st.container(horizontal=True, horizontal_alignment="right"):
        views_menu(made.key)
        alert_button(_watched(found), key="alert_figure")
        if current_actor().may("exports.create"):
            export_menu(f"{made.title}, {found.view.tab.title}, {found.whole.words}", partial(_exported, found, listed))


def _watched(found: Page) -> Ask:
    """The first figure with the page's filters, month by month: what an alert watches."""
    measure = found.shown[0].measure
    asked = Tile(key="alert", ask=Ask.of(measure)).within(found.view.asked, today=found.today)
    return asked.model_copy(update={"period": Relative.LAST_MONTH, "against": ()})


def _exported(found: Page, listed: Below | None) -> list[tuple[str, Ask]]:
    """The questions that are shown, with their titles: the figures, the tiles, the list."""
    shown = [("Figures", each.ask) for each in found.strip]
    drawn = [(tile, found.answers[tile.key]) for tile in found.drawn]
    return (
        shown
        + [(tile.title or tile.question, each.ask) for tile, each in drawn if isinstance(each, Result)]
        + [*(listed.asks(found.view) if listed else ())]
    )


def _tabs(view: View) -> None:
    if len(view.tabs) < 2:
        return
    names = {tab.key: tab.title for tab in view.tabs}
    st.segmented_control(
        "What to show", list(names), format_func=names.__getitem__, required=True, label_visibility="collapsed",
        **address.bound("tab", view.tab.key, lambda tab: address.put(tab="" if tab == view.tabs[0].key else tab)),
    )  # fmt: skip


# ---- words ----


def _sentence(found: Page) -> str:
    """The sentence of the tab with its values; where one of them is not for this person, what the figures say."""
    words = found.view.tab.answer
    if any(name not in found.values for name, _ in _NAMED.findall(words)):
        return f"<b>{formats.text(finding(found.whole))}</b>."
    parts, end, value = [], 0, ""
    for match in _NAMED.finditer(words):
        parts.append(_between(words[end : match.start()], value))
        value, end = _value(*found.values[match[1]], bool(match[2])), match.end()
        parts.append(f"<b>{formats.text(value)}</b>")
    return "".join([*parts, _between(words[end:], value)])


def _between(words: str, value: str) -> str:
    """Words after a value, as HTML: of one there is `1 customer`."""
    said = re.sub(r"^ (\w+?)s\b", r" \1", words) if value == "1" else words
    return formats.text(said) if said else ""


def _value(found: Result, place: int, change: bool) -> str:
    total, measure = found.total, found.measures[place]
    if not change:
        return value_text(total.now[place], measure.unit, total.currency)
    if not found.comparisons:
        return "came"
    return moved(total.now[place], total.compared[0][place], found.comparisons[0].words) or "came"


def _beside(found: Page) -> str:
    notes = [measure.note for each in found.strip for measure in each.measures if measure.note]
    notes += [problem for each in found.strip for problem in each.problems]
    return " ".join(formats.text(note) for note in dict.fromkeys(notes))


def _heeded(found: Page) -> list[str]:
    """Filters that figures above the tiles do not know."""
    problems = []
    for each in found.strip:
        names = Tile(key="figures", ask=each.ask).unheeded(found.view.asked)
        words = [catalogue.dimensions()[name].words.lower() for name in names if name not in found.view.fixed]
        figures_ = formats.listing([measure.words for measure in each.measures], most=6)
        problems += [f"Not filtered by {formats.listing(words)}: {figures_}."] if words else []
    return problems


def _figures(found: Page) -> None:
    figures([_figure(found, shown) for shown in found.shown])


def _figure(found: Page, shown: Shown) -> Figure:
    result, place = found.values[shown.measure]
    total, measure = result.total, result.measures[place]
    written = Written.of(measure, total.currency, [total.now[place]])
    label = f"{measure.words}, {total.currency}" if measure.unit is Unit.MONEY else measure.words
    against = f" Compared with {result.comparisons[0].words}." if result.comparisons else ""
    link = lines_link(result, place, of=found.view.page.address)
    change, meaning = written.change(total, place), _MEANING[shown.rising]
    return Figure(label, written.text(total.now[place]), change, measure.definition + against, meaning, link)


def _with_state(view: View, drill: str) -> str:
    """The address behind a sentence, with the period and filters of the page."""
    path, _, query = drill.partition("?")
    own = view.link(path)
    return f"{own}{'&' if '?' in own else '?'}{query}" if query else own


# ---- tiles ----


def _tiles(found: Page) -> None:
    """Tiles in rows: sentences as cards beside each other, pictures by their width; one box where nothing counts."""
    answers = [*found.answers.values(), *found.strip]
    if found.drawn and not any(not isinstance(each, Result) or says_something(each) for each in answers):
        remedy = "Choose another period or take filters off." if found.view.filters else "Choose another period."
        state(
            "empty", f"Nothing counts in {found.whole.words} yet", "Figures appear here with what they count.", remedy
        )
        return
    for words, group in groupby(found.drawn, key=lambda tile: tile.chart is ChartKind.WORDS):
        if words:
            tiles.cards(list(group), found.answers, partial(_with_state, found.view))
        else:
            for row in _rows(list(group)):
                _row(found, row)


def _rows(drawn: Sequence[Tile]) -> list[list[Tile]]:
    rows: list[list[Tile]] = []
    used = 6
    for tile in drawn:
        if used + tile.size.sixths > 6:
            rows.append([])
            used = 0
        rows[-1].append(tile)
        used += tile.size.sixths
    return rows


def _row(found: Page, row: Sequence[Tile]) -> None:
    widths = [tile.size.sixths for tile in row]
    left = 6 - sum(widths)
    for tile, column in zip(row, st.columns([*widths, *([left] if left else [])], gap="large"), strict=False):
        with column:
            drawn = found.answers[tile.key]
            clicked = tiles.draw(tile, drawn, page=found.view.asked, of=found.view.page.address)
        if clicked and isinstance(drawn, Result):
            follow(found.view, tile, clicked, drawn)


def follow(view: View, tile: Tile, clicked: Clicked, drawn: Result) -> None:
    """A click on a group filters the page by it, where it can; on a month it shows that month; else it leads on: to the
    page of the group, or to its lines."""
    if clicked.dimension in view.offered and tile.chart is not ChartKind.TABLE:
        only_filter(view, clicked.dimension, clicked.key)
    if clicked.start and not clicked.dimension:
        month = clicked.start.replace(day=1)
        last = month if tile.ask.granularity is None else _last(tile, month)
        address.put(period=None, **{"from": f"{month:%Y-%m}", "to": f"{last:%Y-%m}"})
        st.rerun()
    if clicked.dimension:
        go_to(tiles.drill_address(current_actor(), clicked, drawn, of=view.page.address))


def _last(tile: Tile, month: date) -> date:
    step = tile.ask.granularity
    last = month
    for _ in range((step.months or 1) - 1 if step else 0):
        last = date.fromordinal(month_end(last).toordinal() + 1)
    return last
