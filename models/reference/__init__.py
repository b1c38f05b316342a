"""Reference data that belongs to no single application type (BEN-NTF, FIN-MONEY): what a manager changes for all.

The vendor's own holidays, working days and hours of each country, tax rates, and the words of messages; each with its
validity, and with who changed it. Begin with `rules.py` for what a validity is, then `service.py`. Exchange rates stand
in `models.catalog`, the numbers of a type in the type itself; `overview.py` shows those across all types.
"""
