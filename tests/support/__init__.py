"""What tests stand on: a PostgreSQL server, a browser, running processes. No test is in here."""
