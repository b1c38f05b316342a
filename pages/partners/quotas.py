"""To come."""

from dashboard.parts.head import page_head

page_head("To come")
