"""What asv runs. Workers never import from here: see docs/asv.md."""

from benchmarks.harness import pins

pins.pin_threads()  # before anything imports NumPy
pins.hide_main()
