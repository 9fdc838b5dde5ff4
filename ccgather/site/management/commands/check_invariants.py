"""`manage.py check_invariants`: the nightly proof, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ccgather.ops import clock
from ccgather.ops.jobs import JobReport, run_job
from ccgather.site.integrity.catalogue import BY_NAME
from ccgather.site.integrity.services import check_invariants
from ccgather.site.tasks import CHECK_INVARIANTS
from leaderboard.models import IntegrityRun


class Command(BaseCommand):
    """Reads everything, changes nothing but the record of the run; safe while people submit."""

    help = (
        "Prove that every number is what it was made of. Ends with an error when one is not. "
        "Nobody is alerted: whoever started it sees it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Alone and recorded, like the scheduled run."""
        at = clock.now()
        runs: list[IntegrityRun] = []

        def work(report: JobReport) -> None:
            with tqdm(unit=" steps", disable=None) as bar:

                def show(done: int, of: int) -> None:
                    bar.total = of
                    bar.update(done - bar.n)

                run = check_invariants(at=at, progress=show, alerts=False)
            runs.append(run)
            for figure in run.figures:
                report.add("checked", figure["checked"])
                report.add("wrong", figure["wrong"])

        outcome = run_job(CHECK_INVARIANTS, work, at=at)
        if not runs:
            self.stdout.write(f"{CHECK_INVARIANTS}: {outcome}")
            return
        self._show(runs[0])

    def _show(self, run: IntegrityRun) -> None:
        for figure in run.figures:
            known = BY_NAME[figure["name"]]
            verdict = f"{figure['wrong']} WRONG" if figure["wrong"] else "ok"
            verdict = verdict if figure["applies"] else "not here"
            self.stdout.write(
                f"{figure['name']:<10} {figure['checked']:>14,} {known.unit:<10} "
                f"{figure['seconds']:>8.2f} s  {verdict}"
            )
            for sentence in run.disagreements.get(figure["name"], ()):
                self.stdout.write(f"    {sentence}")
        if run.outcome != IntegrityRun.Outcome.HELD:
            message = "invariants are broken; nothing was repaired"
            raise CommandError(message)
