"""The canvas in a real browser, on a page of its own: every change by hand and by key, each told once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.canvas_server import serving
from tests.support.waiting import until

pytestmark = pytest.mark.browser
Change = dict[str, Any]
Begin = Callable[..., Page]
MOVED = {"Moved": {"positions": {"review": [240.0, 112.0]}}}


@pytest.fixture(scope="module")
def one_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page with nothing but the canvas; loading it takes longer than any test."""
    with serving(tmp_path_factory.mktemp("canvas") / "log") as address:
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto("/")
        expect(box(page, "review")).to_be_visible(timeout=30_000)
        yield page
        context.close()


@pytest.fixture
def begun(one_page: Page) -> Callable[[str], Page]:
    """The canvas with three boxes anew: to edit, to look only, or before a page that refuses all."""

    def begun(mode: str = "edit") -> Page:
        before = one_page.locator("#log").get_attribute("data-key")
        one_page.get_by_role("button", name=f"Begin to {mode}").click()
        expect(one_page.locator(f'#log:not([data-key="{before}"])')).to_have_text("[]")
        expect(box(one_page, "review")).to_be_visible()
        return one_page

    return begun


def box(page: Page, name: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def log(page: Page) -> list[Change]:
    """What the page was told, in order, without what was merely selected."""
    return [change for change in everything(page) if "Selected" not in change]


def everything(page: Page) -> list[Change]:
    """What the page was told, in order."""
    return list(json.loads(page.locator("#log").inner_text()))


def told(page: Page, *changes: Change) -> None:
    """Wait until the page was told exactly this."""
    until(lambda: len(log(page)) >= len(changes), within=30, what=f"{len(changes)} changes")
    assert log(page) == list(changes)


def middle(place: Locator) -> tuple[float, float]:
    found = place.bounding_box()
    assert found
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(begin[0] + 8, begin[1] + 8)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def test_a_box_that_is_dragged_stands_on_the_grid_and_stays(begun: Begin) -> None:
    page = begun()
    x, y = middle(box(page, "review"))
    drag(page, (x, y), (x + 10, y + 121))  # the first pixels only tell that it is a drag
    told(page, MOVED)
    assert middle(box(page, "review")) == pytest.approx((x, y + 112), abs=1)
    page.get_by_role("button", name="Run again").click()
    expect(page.locator("#log")).to_contain_text("again")
    assert middle(box(page, "review")) == pytest.approx((x, y + 112), abs=1)


def test_what_the_page_refuses_goes_back(begun: Begin) -> None:
    page = begun("refuse")
    x, y = middle(box(page, "review"))
    drag(page, (x, y), (x + 8, y + 120))
    told(page, MOVED)
    until(lambda: middle(box(page, "review")) == pytest.approx((x, y), abs=1), within=30, what="the box is back")


def test_a_way_that_leads_nowhere_is_drawn_to_a_box(begun: Begin) -> None:
    page = begun()
    missing = box(page, "review").get_by_text("reject: leads nowhere")
    drag(page, middle(missing), middle(box(page, "form")))  # let go over the box, not over a handle
    told(page, {"Connected": {"source": "review", "outcome": "reject", "target": "form"}})
    expect(missing).to_be_hidden()
    expect(page.locator(".react-flow__edge")).to_have_count(4)


def test_a_line_is_put_on_another_box_and_removed(begun: Begin) -> None:
    page = begun()
    way = {"source": "review", "outcome": "approve", "target": "end"}
    head = page.locator(".react-flow__edgeupdater-target").last
    drag(page, middle(head), middle(box(page, "form")))
    told(page, {"Reconnected": {"before": way, "after": {**way, "target": "form"}}})
    page.locator(".kc-words", has_text="approve").click()
    page.keyboard.press("Delete")
    until(lambda: len(log(page)) == 2, within=30, what="the line is removed")
    assert log(page)[1] == {"Removed": {"boxes": [], "lines": [{**way, "target": "form"}]}}


def test_everything_by_keyboard(begun: Begin) -> None:
    page = begun()
    page.get_by_role("button", name="Form", exact=True).focus()
    page.keyboard.press("ArrowDown")
    box(page, "review").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Wait", exact=True).focus()
    page.keyboard.press("Enter")
    until(lambda: len(log(page)) == 1, within=30, what="a wait is added")
    added = log(page)[0]["Added"]
    assert (added["kind"], added["after"]) == ("wait", ["review", "reject"])
    new = box(page, "wait_3")
    expect(page.locator(".react-flow__node.selected")).to_have_attribute("data-id", "wait_3")
    chosen = {"Selected": {"box": "wait_3", "line": None}}
    until(lambda: everything(page)[-1] == chosen, within=30, what="it is chosen by the name that the page gave it")

    new.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    until(lambda: len(log(page)) == 2, within=30, what="the arrow keys moved it")
    assert log(page)[1] == {"Moved": {"positions": {"wait_3": [added["x"], added["y"] + 16]}}}

    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Connect New wait")
    dialog.get_by_label("Leads to").select_option("Paid")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Connect").press("Enter")
    until(lambda: len(log(page)) == 3, within=30, what="it is connected")
    assert log(page)[2] == {"Connected": {"source": "wait_3", "outcome": "", "target": "end"}}
    expect(new).to_be_focused()

    page.keyboard.press("Delete")
    until(lambda: len(log(page)) == 4, within=30, what="it is removed")
    assert log(page)[3] == {"Removed": {"boxes": ["wait_3"], "lines": []}}
    page.keyboard.press("Control+z")
    expect(new).to_be_visible()
    page.keyboard.press("Control+Shift+z")
    expect(new).to_be_hidden()
    until(lambda: len(log(page)) == 6, within=30, what="it is taken back, and done again")
    assert [next(iter(change)) for change in log(page)[4:]] == ["Undo", "Redo"]


def test_what_is_under_a_hand_stays_there_while_the_page_draws_anew(begun: Begin) -> None:
    page = begun()
    x, y = middle(box(page, "review"))
    form = middle(box(page, "form"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8)
    page.mouse.move(x + 8, y + 120, steps=4)
    before = page.locator("#log").get_attribute("data-revision")
    page.get_by_role("button", name="A colleague moves the form").dispatch_event("click")
    # Streamlit forgets a click that the next one overtakes before its run begins.
    expect(page.locator(f'#log:not([data-revision="{before}"])')).to_be_attached()
    page.get_by_role("button", name="Run again").dispatch_event("click")
    expect(page.locator("#log")).to_contain_text("again")
    assert middle(box(page, "review")) == pytest.approx((x, y + 112), abs=1)
    assert middle(box(page, "form")) == form
    page.mouse.move(x + 24, y + 120, steps=2)
    page.mouse.up()
    until(lambda: len(log(page)) == 2, within=30, what="the box is moved")
    assert log(page)[1] == {"Moved": {"positions": {"review": [256.0, 112.0]}}}
    until(lambda: middle(box(page, "form")) == pytest.approx((form[0] - 64, form[1] + 64), abs=1), within=30)


def test_changes_faster_than_the_page_are_told_in_their_order_by_the_names_it_gave(begun: Begin) -> None:
    page = begun()
    box(page, "review").click()
    page.get_by_role("button", name="Wait", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("Enter")
    until(lambda: len(log(page)) == 3, within=30, what="three are added")
    after = [change["Added"]["after"] for change in log(page)]
    assert after == [["review", "reject"], ["wait_3", ""], ["wait_4", ""]]
    expect(page.locator(".react-flow__node-box")).to_have_count(6)
    assert page.locator('[data-id^="new:"]').count() == 0


def test_dropping_from_the_palette_onto_a_line_puts_a_box_between(begun: Begin) -> None:
    page = begun()
    x, y = middle(box(page, "form"))
    drag(page, middle(page.get_by_role("button", name="Check", exact=True)), (x + 120, y))
    until(lambda: len(log(page)) == 1, within=30, what="a check is added")
    added = log(page)[0]["Added"]
    assert (added["kind"], added["y"], added["after"]) == ("check", 0.0, ["form", ""])
    expect(page.locator('.react-flow__edge[data-id="form[]>check_3"]')).to_have_count(1)
    expect(page.locator('.react-flow__edge[data-id="check_3[pass]>review"]')).to_have_count(1)


def test_one_to_look_at_sends_nothing_but_what_is_selected(begun: Begin) -> None:
    page = begun("look")
    expect(page.get_by_role("button", name="Form", exact=True)).to_be_hidden()
    x, y = middle(box(page, "review"))
    drag(page, (x, y), (x, y + 120))
    drag(page, middle(box(page, "review").get_by_text("reject: leads nowhere")), middle(box(page, "form")))
    box(page, "form").click()
    for key in ("ArrowDown", "c", "Delete", "Control+z"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Run again").click()
    expect(page.locator("#log")).to_contain_text("again")
    assert log(page) == ["again"]
    expect(page.locator(".react-flow__node-box")).to_have_count(3)
