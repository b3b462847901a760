"""The source as text: its layout, where its records end, how it is cut into chunks."""
