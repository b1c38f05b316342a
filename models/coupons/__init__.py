"""Coupons that partners were given: issued by a case or by hand, held as a pool of money each, expired, cancelled.

Spec chapters 03 (BEN-TCP, CouponIssue) and 05 (FIN-COUP). Begin with `service.issue`; `actions.py` is the step that a
workflow takes.
"""
