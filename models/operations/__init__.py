"""Background work as the Operations page shows it: what is not done yet, why, and once more. Begin with `lists.py`."""
