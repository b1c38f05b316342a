"""All cases of all partners: where each stands, who holds it, until when."""

from dashboard.parts import case_list, list_page
from dashboard.parts.formats import count, text
from dashboard.parts.head import answer, page_head
from models.core.unit_of_work import unit_of_work

with unit_of_work(read_only=True) as uow:
    shown = case_list.ask(uow, "cases")
page_head("All cases", line=["Everything partners have sent", "GMT+08:00"])
most = max(shown.counts, key=lambda status: shown.counts[status], default="")
list_page.toolbar(shown)
answer(
    f"<b>{list_page.total_words(shown)}</b>, <b>{count(shown.counts[most])}</b> of them {text(most)}."
    if shown.total
    else "<b>No case.</b>"
)
case_list.draw(shown)
