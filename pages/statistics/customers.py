"""Customer statistics: how many there are, who came and went, who spends; for partners, resellers and the vendor
(FIN-SCUS, DST-STA-01 to 04, RSL-STA-01 to 06)."""

from dashboard.parts import list_page, statistics_page
from dashboard.parts.go import go
from dashboard.parts.head import section
from dashboard.parts.statistics_view import View
from models.core.unit_of_work import unit_of_work


def records(view: View) -> None:
    """The list of records; a chosen one opens its customer (FIN-SCUS-08)."""
    with unit_of_work(read_only=True) as uow:
        shown = list_page.ask(uow, "customer_events", more=["_customer_id"])
    section("Newly associated and disassociated customers", aside=list_page.total_words(shown))
    list_page.toolbar(shown)
    opened = list_page.draw(shown, label="Records; open one to see its customer")
    chosen = next((row for row in shown.rows if str(row.key) == opened), None)
    if chosen:
        go("customer", {"id": str(chosen.values["_customer_id"])})


statistics_page.draw("customers", below={"customer_events": statistics_page.Below(records)})
