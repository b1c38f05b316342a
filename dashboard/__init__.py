"""The application that people see: Streamlit pages, our own HTTP routes, and the operator's command line.

Begin with `app.py` (all of HTTP) and `main.py` (every script run).
"""
