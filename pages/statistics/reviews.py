"""How the vendor reviews: what waits and how long, what is decided, where it is late (BEN-STA-03)."""

from dashboard.parts import statistics_page

statistics_page.draw("reviews")
