"""Money on its way to partners: what is payable, each attempt to pay it, and the invoicing information.

Begin with `definitions/partner_payment.yaml`: the process that application types contain. `actions.py` is what it does.
"""
