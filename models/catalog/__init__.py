"""Reference data that many areas name: regions, service families, service types and products, exchange rates.

Begin with `tables.py`.
"""
