"""How every strategy of ours starts its processes."""

# `spawn` everywhere: it is what Dask and joblib do in effect (fresh interpreters), the same on
# every platform, and safe beside threads. `fork` would start faster and favour the
# strategies whose library allows it.
START_METHOD = "spawn"
