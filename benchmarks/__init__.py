"""What asv runs. Workers never import from here: see docs/asv.md."""
