"""Partners: who they are, how they stand, who looks after them; find some by search and filters."""

from dashboard.parts import address, list_page
from dashboard.parts.formats import count, plural, text
from dashboard.parts.formats import listing as in_words
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head
from dashboard.parts.records import status_tone
from dashboard.parts.rows import Tone
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow
from models.partners.rules import PartnerKind

NOBODY = "nobody"
IN_A_SENTENCE = {
    PartnerKind.SERVICE: "service partner", PartnerKind.SOFTWARE: "software partner",
    PartnerKind.LEARNING: "learning partner",
}  # fmt: skip


def sentence(shown: list_page.Shown, alone: int) -> str:
    """How many partners there are, of which kinds, and how many nobody looks after."""
    ranked = sorted(shown.counts.items(), key=lambda item: -item[1])
    parts = [plural(number, IN_A_SENTENCE.get(kind, kind.words.lower())) for kind, number in ranked]
    first = f"<b>{plural(shown.total, 'partner')}</b>" + (f": {text(in_words(parts, most=6))}." if parts else ".")
    if not alone:
        return f"{first} All have an ecosystem manager."
    link = address.link("partners", {"manager": NOBODY})
    return f'{first} <a href="{link}" target="_self"><b>{count(alone)}</b> without an ecosystem manager</a>.'


def look(row: ListRow) -> tuple[Tone, str]:
    """A partner in the colour of its state."""
    return status_tone(row.values["status"]), "handshake"


with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "partners", more=["status"], count_by="kind")
    alone = list_page.count_only(uow, shown, manager=NOBODY)
page_head("Partners", line=["Everyone you may see", "dates in GMT+08:00"])
list_page.toolbar(shown)
answer(sentence(shown, alone))
opened = list_page.draw(shown, label="Partners; open one to see its page", look=look)
if opened:
    go("partner", {"id": opened})
