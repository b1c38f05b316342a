"""Benefits over time: a partner's own, and over all partners by path, program, tier and quarter (BEN-STA-01 to 03)."""

from dashboard.parts import case_list, list_page, statistics_page
from dashboard.parts.head import section
from dashboard.parts.statistics_view import View
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work


def cases(view: View) -> None:
    """The requests themselves; a chosen one opens."""
    with unit_of_work(read_only=True) as uow:
        shown = case_list.ask(uow, "cases" if current_actor().is_vendor else "applications")
    section("Requests", aside=list_page.total_words(shown))
    list_page.toolbar(shown)
    case_list.draw(shown)


statistics_page.draw("benefits", below={"cases": statistics_page.Below(cases)})
