"""The `parabench` command: a module for each command, which reads arguments and prints.

The modules declare what can be typed, and import what does the work when they are called:
`parabench --help` takes a tenth of the time that pandas takes to import.
"""
