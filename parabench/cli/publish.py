"""`parabench publish`: the whole site."""

from parabench.cli.options import HTML, RESULTS, FaultsFile, HtmlFolder, QuickFile, ResultsFolder
from parabench.cli.printing import print_done
from parabench.interrupts import importing


def publish(
    folder: ResultsFolder = RESULTS,
    html: HtmlFolder = HTML,
    quick: QuickFile = None,
    faults: FaultsFile = None,
) -> None:
    """Make the whole site: the report, and asv's pages so that they need no network."""
    with importing():
        from parabench.report.publish import publish_asv, read_or_say_so
        from parabench.report.site.build import write_site

    sessions = read_or_say_so(folder, html)
    asv = publish_asv(html)
    page = write_site(sessions, html, quick=quick, faults=faults)
    print_done(f"page: {page}")
    print_done(f"asv's pages: {asv}")
