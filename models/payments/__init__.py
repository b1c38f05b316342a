"""Payments: what the vendor owes partners for approved cases, followed from the invoice until it is paid.

Begin with `definitions/partner_payment.yaml`.
"""
