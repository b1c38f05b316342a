"""The payment desk: invoices to receive and check, payments to approve, to carry out, and to try again."""

from dashboard.parts.desk import Desk, desk_page
from models.core.actor import current_actor

current_actor().demand("payments.work")
desk_page(Desk("payments", "Payment desk", "payment step"))
