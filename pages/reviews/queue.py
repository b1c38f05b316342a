"""The review queue: what waits for my decision, the earliest due first; the case beside it, the decision below it."""

from dashboard.parts.desk import Desk, desk_page
from models.core.actor import current_actor

current_actor().demand("reviews.view")
desk_page(Desk("reviews", "Review queue", "review"))
