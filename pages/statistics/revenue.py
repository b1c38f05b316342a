"""Revenue eligible for incentives: by month, customer, service and billing mode (FIN-SREV, DST-STA-06 to 08)."""

from dashboard.parts import statistics_page
from dashboard.parts.statistics_summary import below

statistics_page.draw("revenue", below={"summary": below("eligible_revenue", "Revenue of each customer")})
