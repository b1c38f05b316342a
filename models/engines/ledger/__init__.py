"""The ledger: pools of money as double-entry accounts that cannot be promised twice."""
