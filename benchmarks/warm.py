"""Warm: a job on workers that are already up."""

from benchmarks import harness
from parabench import profiles
from strategies.core.registry import names
from strategies.core.workloads import WORKLOADS

PROFILE = profiles.current()


class Warm:
    """Seconds from the call of `run` (planning included) to the renamed output."""

    # asv varies the last parameter fastest: what is compared is measured in a row, so that a
    # machine whose speed drifts within minutes does not decide the ranking.
    params = (list(WORKLOADS), list(PROFILE.megabytes), names())
    param_names = ("workload", "megabytes", "strategy")
    number = 1  # jobs per sample
    rounds = PROFILE.rounds
    repeat = (PROFILE.least, PROFILE.most, PROFILE.seconds)
    warmup_time = 0
    min_run_count = 1
    timeout = PROFILE.timeout
    version = "1"

    def setup(self, workload: str, megabytes: int, strategy: str) -> None:
        """Have the workers up and the dataset there; skip a strategy that is not ready."""
        harness.report_progress("warm", workload, f"{megabytes} MB", strategy)
        harness.started(strategy)
        harness.job(workload, megabytes)

    def time_job(self, workload: str, megabytes: int, strategy: str) -> None:
        """Transform the file."""
        harness.started(strategy).run(harness.job(workload, megabytes))

    def teardown(self, workload: str, megabytes: int, strategy: str) -> None:
        """Verify, outside the clock; an error here makes the cell a failed one."""
        if harness.ready(strategy):
            harness.verify(harness.job(workload, megabytes))
