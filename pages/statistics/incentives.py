"""Incentive earnings: through the year, by customer, service and program; summaries (FIN-SINC, DST-STA-09)."""

from dashboard.parts import statistics_page
from dashboard.parts.statistics_summary import below

statistics_page.draw(
    "incentives",
    below={
        "expenditures": below("incentive_of_expenditures", "Earnings of each customer"),
        "refunds": below("incentive_of_refunds", "Earnings taken back, by customer"),
    },
)
