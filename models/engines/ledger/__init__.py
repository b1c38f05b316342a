"""The ledger: pools of money as double-entry accounts that cannot be promised twice.

A pool (a partner's quota for one fund, in one currency) is a pair of accounts: what is left, and what was spent; the
vendor's fund stands behind both. Money is first reserved, then posted, voided or expired. Begin with `service.py`.
"""
