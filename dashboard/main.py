"""Every script run: who is asking, then the sign-in form or the page. Streamlit runs this file from top to bottom."""

import sys
from pathlib import Path

# Streamlit puts this file's own folder first on the path; the project's root belongs there.
ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from dashboard.frame import run  # noqa: E402

run()
