"""The figures, drawn with Matplotlib; the page, the README and summaries show the same ones."""
