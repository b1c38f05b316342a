"""The demo ecosystem: an invented vendor's partners, customers and expenditure, the same for the same seed and day.

It is the one area that writes the tables of all others, because it stands for years of their work. Begin with
`service.build`; `ecosystem.py` invents companies and people, `spending.py` their lines, `data/` holds the names.
"""
