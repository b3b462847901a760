"""What does it cost to write out what cannot be cut into chunks: compressed files, pipes?

`python studies/spooling.py` doubles 100 MB with `serial`, plain and in other forms, and prints how
many CPU seconds each takes, and how many more than the plain file. The least of two rounds.
"""

import os
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from data_gen.cache import dataset
from strategies import Dialect, Job, Runner, load, load_workload

SIZE = 100 * 10**6  # bytes
ROUNDS = 2
DOUBLE = load_workload("double")
FORMS = ("in.csv", "in.csv.gz", "in.csv.bz2", "in.csv.xz", "in.csv.zst", "utf-16.csv", "pipe")


def main() -> None:
    """Print a line for each form."""
    with TemporaryDirectory() as name, load("serial").start(1) as runner:
        folder = Path(name)
        make_files(runner, folder)
        fastest = dict.fromkeys(FORMS, float("inf"))
        for _ in range(ROUNDS):
            for form in FORMS:
                fastest[form] = min(fastest[form], seconds(runner, folder / form))
        for form, took in fastest.items():
            print(f"{form:12} {took:6.2f} s  {took - fastest[FORMS[0]]:+6.2f} s")


def make_files(runner: Runner, folder: Path) -> None:
    """Write the same table in all forms."""
    source = dataset("plain", size=SIZE).path
    for form in FORMS[:-2]:
        runner.run(Job(source, folder / form, DOUBLE.on(into="twice")))
    text = (folder / FORMS[0]).read_text(encoding="utf-8")
    (folder / "utf-16.csv").write_text(text, encoding="utf-16", newline="")
    os.mkfifo(folder / "pipe")


def seconds(runner: Runner, source: Path) -> float:
    """Return the CPU seconds of the job; into a pipe, another thread copies the plain file."""
    plain = source.with_name(FORMS[0])
    writer = threading.Thread(target=lambda: source.write_bytes(plain.read_bytes()))
    dialect = Dialect(encoding="utf-16" if "utf-16" in source.name else "utf-8")
    if source.name == "pipe":
        writer.start()
    begun = time.process_time()
    runner.run(Job(source, source.with_name("out.csv"), DOUBLE, dialect=dialect))
    took = time.process_time() - begun
    if source.name == "pipe":
        writer.join()
    return took


if __name__ == "__main__":
    main()
