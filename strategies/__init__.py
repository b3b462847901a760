"""What is compared: one file per strategy, found by looking into this folder.

A strategy is a module with one context manager, `start(workers)`, that brings the
workers up and yields a `strategies.core.contract.Runner`. One that can join a running
cluster takes `start(workers, address=None)`.
"""
