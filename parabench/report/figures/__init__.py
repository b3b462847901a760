"""The figures, drawn with Matplotlib; the page, the README and summaries show the same ones."""

import os

os.environ["MPLBACKEND"] = (
    "agg"  # nothing is drawn on a screen, whatever the user's choice for that
)
