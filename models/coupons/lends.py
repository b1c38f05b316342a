"""What this area lends to definitions: the step that issues a coupon."""

from models.coupons import actions

__all__ = ["actions"]
