"""How the vendor reviews: what waits and how long, what is decided, where it is late (BEN-STA-03)."""

from dashboard.parts import statistics_page
from models.core.actor import current_actor

current_actor().demand("reviews.view")
statistics_page.draw("reviews")
