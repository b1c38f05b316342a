"""Forms: what an applicant fills in, declared as data; checked, computed and compared here. Begin with `schema.py`."""
