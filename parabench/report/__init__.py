"""The report: sessions read from journals, what follows from them, tables, figures, the site."""
