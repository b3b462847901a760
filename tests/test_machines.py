"""What machines lack, and what is asked of them: the same command, in a real such place."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from strategies import available_cores, describe, names
from strategies.core.process import defaults

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("parabench")
PROCESSES = [name for name in names() if describe(name).kind in {"processes", "cluster"}]
SHARING = [*PROCESSES, "joblib_threads"]  # joblib needs semaphores for threads, too
IN_A_NAMESPACE = ("unshare", "--mount")
WITHIN_SECONDS = 50  # what hung took a minute

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def data(dataset_of: Callable[[str, int], Path], tmp_path: Path) -> tuple[Path, Path]:
    """A source, and where to write."""
    return dataset_of("plain", 400), tmp_path / "out.csv"


def run(strategy: str, data: tuple[Path, Path], *options: str, script: str = "") -> Done:
    """Run a job with two workers, in a shell that does `script` before."""
    command = [str(COMMAND), "run", strategy, *map(str, data), "--workers", "2", *options]
    return shell(f"{script}\nexec {shlex.join(command)}")


def shell(script: str, *before: str, cwd: Path | None = None) -> Done:
    return subprocess.run(
        [*before, "sh", "-ec", script],
        capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS, cwd=cwd,
    )  # fmt: skip


def check_refused(done: Done, *parts: str) -> None:
    """Hold that one line says all parts, and no number of workers is blamed."""
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("parabench: error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "use fewer with --workers" not in done.stderr
    for part in parts:
        assert part in done.stderr


@cache
def namespaces() -> bool:
    """Whether we may mount something for one command alone."""
    with suppress(OSError):
        return shell("mount -t tmpfs none /mnt", *IN_A_NAMESPACE).returncode == 0
    return False


def in_a_namespace(mounts: str, strategy: str, data: tuple[Path, Path], cwd: Path) -> Done:
    if not namespaces():
        pytest.skip("mounting takes root, and a kernel that lets it")
    command = [str(COMMAND), "run", strategy, *map(str, data), "--workers", "2"]
    return shell(f"{mounts}\nexec {shlex.join(command)}", *IN_A_NAMESPACE, cwd=cwd)


READ_ONLY = "mount -t tmpfs -o ro none /dev/shm"
FULL = "mount -t tmpfs -o size=4k none /dev/shm; head -c 4096 /dev/zero > /dev/shm/full"
ABSENT = """
    mkdir dev; touch dev/null dev/zero dev/urandom
    for name in null zero urandom; do mount --bind /dev/$name dev/$name; done
    mount --rbind dev /dev"""


@pytest.mark.parametrize(
    ("mounts", "reason", "strategy"),
    [(READ_ONLY, "Read-only file system", name) for name in SHARING]
    + [
        (FULL, "No space left on device", name)
        for name in ("joblib_processes", "futures_processes")
    ]
    + [(ABSENT, "No such file", name) for name in ("joblib_processes", "multiprocessing_pool")],
)
def test_without_semaphores_the_reason_is_named(
    mounts: str, reason: str, strategy: str, data: tuple[Path, Path], tmp_path: Path
) -> None:
    """Within seconds, and with it those that work; the destination is not made."""
    done = in_a_namespace(mounts, strategy, data, tmp_path)
    others = "these start without: serial, dask_threads, futures_threads\n"
    check_refused(done, strategy, reason, "POSIX semaphores", "a /dev/shm that", others)
    assert not data[1].exists()


@pytest.mark.parametrize("strategy", ["serial", "dask_threads", "futures_threads"])
def test_those_that_are_named_work_without_semaphores(
    strategy: str, data: tuple[Path, Path], tmp_path: Path
) -> None:
    """As the error says."""
    done = in_a_namespace(READ_ONLY, strategy, data, tmp_path)
    assert done.returncode == 0, done.stderr
    assert data[1].exists()


def test_without_a_place_for_temporary_files(data: tuple[Path, Path], tmp_path: Path) -> None:
    """The one strategy that has some names the variable."""
    place = tmp_path / "place"
    place.mkdir()
    mounts = f"""
        mount -t tmpfs none {place}; cp {data[0]} {place}/in.csv
        for folder in /tmp /var/tmp /usr/tmp; do
            if [ -d $folder ]; then mount --bind $folder $folder; fi
            if [ -d $folder ]; then mount -o remount,bind,ro $folder; fi
        done
        cd /proc"""
    there = place / "in.csv", place / "out.csv"
    done = in_a_namespace(mounts, "dask_distributed", there, tmp_path)
    check_refused(done, "temporary files", "TMPDIR")


@pytest.fixture
def few_processes() -> Iterator[str]:
    """A control group of at most 8 processes and threads; the script that enters it."""
    for controller in ("pids", ""):
        group = Path("/sys/fs/cgroup", controller, f"parabench-{os.getpid()}")
        with suppress(OSError):
            group.mkdir()
            try:
                (group / "pids.max").write_text("8")
                yield f"echo $$ > {group}/cgroup.procs"
                return
            finally:
                _remove(group)
    pytest.skip("control groups can be made by root alone, where a kernel lets it")


def _remove(group: Path) -> None:
    """Remove a control group; what has ended in it is gone in a moment."""
    for _ in range(100):
        try:
            group.rmdir()
        except OSError:
            subprocess.run(["sleep", "0.1"], check=True)
        else:
            return


@pytest.mark.parametrize("strategy", [*PROCESSES, "dask_threads"])
def test_too_few_processes_are_an_error(
    strategy: str, data: tuple[Path, Path], few_processes: str
) -> None:
    """Before a library waits for what could not be started."""
    check_refused(run(strategy, data, script=few_processes), "too few processes and threads")


@pytest.mark.parametrize("strategy", names())
def test_no_standard_streams_are_needed(strategy: str, data: tuple[Path, Path]) -> None:
    """As for a service: all is as it was, and nothing else is in the output."""
    assert run("serial", data).returncode == 0
    right = data[1].read_bytes()
    data[1].unlink()
    assert run(strategy, data, script="exec <&- >&- 2>&-").returncode == 0
    assert data[1].read_bytes() == right


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_missing_stream_is_the_null_device(closed: str) -> None:
    """In children, too: no file gets its number, so that no stray text gets into the file."""
    code = """
        import os, subprocess, sys, strategies
        strategies.open_missing_streams()
        assert None not in (sys.stdin, sys.stdout, sys.stderr)
        assert os.open("/dev/zero", os.O_RDONLY) > 2
        test = "import os; [os.fstat(n) for n in range(3)]; assert os.open('/', 0) > 2"
        sys.exit(subprocess.run([sys.executable, "-c", test]).returncode)"""
    code = "\n".join(line.strip() for line in code.splitlines())
    command = shlex.join([sys.executable, "-c", code])
    assert shell(f"exec {command} {closed}").returncode == 0


QUOTAS: list[tuple[str, dict[str, str], int]] = [
    ("0::/\n", {"cpu.max": "150000 100000"}, 2),
    ("0::/\n", {"cpu.max": "20000 100000"}, 1),
    ("0::/\n", {"cpu.max": "max 100000"}, 8),
    ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "300000 100000"}, 3),
    ("0::/a/b\n", {"a/b/cpu.max": "400000 100000", "a/cpu.max": "100000 50000"}, 2),
    ("0::/pod/own\n", {"cpu.max": "200000 100000"}, 2),  # the own group is shown as the root
    ("0::/pod/own/sub\n", {"sub/cpu.max": "max 1", "cpu.max": "200000 100000"}, 2),
    ("0::/../x\n", {"cpu.max": "200000 100000"}, 2),
    ("2:cpu,cpuacct:/\n", {"cpu/cpu.cfs_quota_us": "150000", "cpu/cpu.cfs_period_us": "50000"}, 3),
    (
        "4:cpuset:/\n2:cpu,cpuacct:/a/b\n0::/\n",
        {
            "cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1",
            "cpu,cpuacct/a/b/cpu.cfs_period_us": "100000",
            "cpu,cpuacct/a/cpu.cfs_quota_us": "110000",
            "cpu,cpuacct/a/cpu.cfs_period_us": "100000",
            "unified/cgroup.procs": "",
        },
        2,
    ),
    ("2:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
    ("2:cpu:/\n0::/\n", {"unified/cpu.max": "100000 100000"}, 1),
    ("0::/\n", {"cpu.max": "nonsense"}, 8),
    ("", {}, 8),
    ("0::/\n", {"cpu.max": "6400000 100000"}, 8),
]


@pytest.mark.parametrize(("own", "files", "cores"), QUOTAS)
def test_quotas_count(
    own: str, files: dict[str, str], cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of version 1 and 2, rounded up; the smallest of the group and of those above it."""
    for name, text in files.items():
        path = tmp_path / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    (tmp_path / "own").write_text(own)
    monkeypatch.setattr(defaults, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(defaults, "OWN_CGROUPS", tmp_path / "own")
    eight = {"cpu_count": lambda: 8, "process_cpu_count": lambda: 8}
    for name, count in {**eight, "sched_getaffinity": lambda _: set(range(8))}.items():
        monkeypatch.setattr(os, name, count, raising=False)
    assert available_cores() == cores


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="there is no affinity here")
def test_affinity_counts() -> None:
    """As `taskset` sets it."""
    core = min(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, {{{core}}}); import strategies; "
    assert printed(code + "print(strategies.available_cores())") == "1\n"


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python heeds it from 3.13 on")
def test_the_count_that_python_is_told_counts() -> None:
    """By PYTHON_CPU_COUNT, or -X cpu_count."""
    code = "import strategies; print(strategies.available_cores())"
    assert printed(code, PYTHON_CPU_COUNT="1") == "1\n"


def printed(code: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, env={**os.environ, **environment},
    ).stdout  # fmt: skip


@pytest.fixture
def half_a_core() -> Iterator[str]:
    """A control group with a quota of half a core; the script that enters it."""
    for mount, quota in (("cpu", "cpu.cfs_quota_us"), ("", "cpu.max")):
        group = Path("/sys/fs/cgroup", mount, f"parabench-{os.getpid()}")
        with suppress(OSError):
            group.mkdir()
            try:
                (group / quota).write_text("50000")
                yield f"echo $$ > {group}/cgroup.procs"
                return
            finally:
                _remove(group)
    pytest.skip("control groups can be made by root alone, where a kernel lets it")


def test_a_real_quota_is_heeded(half_a_core: str, data: tuple[Path, Path]) -> None:
    """And `run` says how many workers there were."""
    command = shlex.join([str(COMMAND), "run", "futures_threads", *map(str, data)])
    done = shell(f"{half_a_core}\nexec {command}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("futures_threads, 1 worker: ")


def test_help_says_how_many_workers_there_are() -> None:
    """By default."""
    text = " ".join(shell(f"exec {COMMAND} run --help").stdout.split())
    assert "affinity and a container's CPU quota" in text


def test_run_tells_the_number_of_workers(data: tuple[Path, Path]) -> None:
    """As JSON; serial has one, whatever was asked for."""
    for strategy, workers in (("futures_threads", 2), ("serial", 1)):
        assert json.loads(run(strategy, data, "--json").stdout)["workers"] == workers


@pytest.mark.parametrize("strategy", ["dask_threads", "dask_processes", "dask_distributed"])
def test_a_broken_configuration_of_dask_is_passed_on(
    strategy: str, data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the file's name; ours are not to blame."""
    config = tmp_path / ".config/dask/my own.yaml"
    config.parent.mkdir(parents=True)
    config.write_text("a: [1\nb: }{")
    monkeypatch.setenv("HOME", str(tmp_path))
    done = run(strategy, data)
    check_refused(done, str(config), "is malformed", strategy, "a configuration file")
    assert "mend strategies" not in done.stderr
    assert f"{strategy}.py" not in done.stderr


@pytest.mark.parametrize("strategy", ["joblib_threads", "joblib_processes"])
@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [("MULTIPROCESSING", "0", "JOBLIB_MULTIPROCESSING"), ("START_METHOD", "magic", "'magic'")],
)
def test_a_broken_environment_of_joblib_is_passed_on(
    strategy: str, variable: str, value: str, reason: str,
    data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """At once: joblib would do all work in one thread, without an error."""
    monkeypatch.setenv(f"JOBLIB_{variable}", value)
    check_refused(run(strategy, data), reason, "joblib")


def test_what_is_suggested_can_be_pasted(data: tuple[Path, Path], tmp_path: Path) -> None:
    """Whatever blanks and quotes are in the names; and with the same options."""
    folder = tmp_path / "two  blanks and 'quotes'"
    folder.mkdir()
    source = folder / "-in $HOME.csv"
    source.write_bytes(data[0].read_bytes())
    options = ["--column", "quantity", "--into", "a  b", "--workload", "double"]
    command = [str(COMMAND), "run", "serial", *options, "--", source.name, "out put.csv"]
    ran = shell(shlex.join(command), cwd=folder)
    assert ran.returncode == 0, ran.stderr
    suggested = ran.stdout.partition("check it: ")[2]
    verified = shell(f"PATH={COMMAND.parent}:$PATH\n{suggested}", cwd=folder)
    assert verified.returncode == 0, verified.stderr
    assert "is correct: all 400 records" in verified.stdout


def test_errors_keep_the_blanks_of_names(data: tuple[Path, Path]) -> None:
    """Two stay two, so that the name can be copied."""
    done = run("serial", (Path("no  such.csv"), data[1]))
    check_refused(done, "no  such.csv cannot be read")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_summary_that_cannot_be_printed_is_no_failed_job(
    options: tuple[str, ...], data: tuple[Path, Path]
) -> None:
    """The output is whole, and the exit code says so; what is lost is a warning."""
    done = run("serial", data, *options, script="exec > /dev/full")
    assert done.returncode == 0
    assert "parabench: warning: done, but standard output" in done.stderr
    assert done.stderr.count("\n") == 1
    assert data[1].stat().st_size > 0
    failed = run("serial", (Path("none.csv"), data[1]), script="exec > /dev/full 2> /dev/full")
    assert failed.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_list_that_cannot_be_printed_is_an_error() -> None:
    """Since there is nothing else that it does."""
    done = shell(f"exec {COMMAND} list > /dev/full")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr


def test_nobody_has_to_read_the_output(data: tuple[Path, Path]) -> None:
    """A reader that ends early gets no traceback, and a job that is done is done."""
    job = shlex.join([str(COMMAND), "run", "serial", *map(str, data)])
    for command, code in ((job, "0"), (f"{COMMAND} list", "1")):
        # The reader has gone when the command begins.
        script = f"mkfifo p; (exec < p) & exec 3> p; wait; {command} >&3 && echo 0 || echo $?"
        done = shell(script, cwd=data[1].parent)
        assert (done.stdout, done.stderr) == (f"{code}\n", "")
        data[1].with_name("p").unlink()


@pytest.mark.parametrize("arguments", ["list", "--help", "run --help", "verify --help"])
def test_optimised_python_says_the_same(arguments: str) -> None:
    """It leaves out docstrings, from which the descriptions come."""
    plain = shell(f"exec {COMMAND} {arguments}")
    optimised = shell(f"PYTHONOPTIMIZE=2 exec {COMMAND} {arguments}")
    assert plain.returncode == 0
    assert optimised.stdout == plain.stdout


def test_optimised_python_knows_the_bare_calls() -> None:
    """Of the fault matrix, which names them."""
    code = "from parabench.faults.bare import call_of; print(call_of('multiprocessing_pool'))"
    assert printed(code, PYTHONOPTIMIZE="2") == "`Pool.map`\n"


SCRIPT = """
import sys
from pathlib import Path
from strategies import Job, load, load_workload
{guard}
    with load(sys.argv[1]).start(2) as runner:
        job = Job(Path(sys.argv[2]), Path(sys.argv[3]), load_workload("double"))
        print(runner.run(job).records)
"""
SPAWNING = [
    name for name in PROCESSES if name != "joblib_processes"
]  # whose workers import nothing


@pytest.mark.parametrize("strategy", SPAWNING)
@pytest.mark.parametrize("from_input", [False, True])
def test_a_script_without_a_guard_is_told_so(
    strategy: str, from_input: bool, data: tuple[Path, Path], tmp_path: Path
) -> None:
    """Before any worker starts, imports the script, and starts workers."""
    script = tmp_path / "a script.py"
    script.write_text(SCRIPT.format(guard="if True:"))
    arguments = [strategy, *map(str, data)]
    done = subprocess.run(
        [sys.executable, "-" if from_input else str(script), *arguments],
        input=script.read_text() if from_input else "",
        capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1, done.stderr
    last = done.stderr.splitlines()[-1]
    assert 'if __name__ == "__main__":' in last
    assert ("<stdin>" if from_input else str(script)) in last
    assert "--workers" not in last


@pytest.mark.parametrize("guard", ["if __name__ == '__main__':", "if True:", "-c"])
def test_scripts_that_can_work_do(guard: str, data: tuple[Path, Path], tmp_path: Path) -> None:
    """With a guard; and with joblib, or as `python -c`, without one."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(guard="if True:" if guard == "-c" else guard))
    strategy = "joblib_processes" if guard == "if True:" else "futures_processes"
    how = ["-c", script.read_text()] if guard == "-c" else [str(script)]
    done = subprocess.run(
        [sys.executable, *how, strategy, *map(str, data)],
        capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS,
    )  # fmt: skip
    assert done.stdout == "400\n", done.stderr


@pytest.mark.parametrize("system", ["win32", "cygwin", "freebsd14"])
def test_other_systems_are_refused_in_one_line(system: str) -> None:
    """By the command and by the import, before a module is missing."""
    code = f"import sys; sys.platform = {system!r}; from parabench.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "list"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    check_refused(done, "runs on Linux", f"not on {system}")
    code = f"import sys; sys.platform = {system!r}; import strategies"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: parabench runs on Linux")


def test_macos_is_not_refused() -> None:
    """Nothing of a job needs Linux; that it works there has not been tried."""
    code = "import sys; sys.platform = 'darwin'; import strategies; print(strategies.names()[0])"
    assert printed(code) == "serial\n"
