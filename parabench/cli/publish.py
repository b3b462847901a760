"""`parabench publish`: the whole site."""

from parabench.cli.options import HTML, RESULTS, FaultsFile, HtmlFolder, QuickFile, ResultsFolder
from parabench.cli.printing import print_done, warn
from parabench.interrupts import importing


def publish(
    folder: ResultsFolder = RESULTS,
    html: HtmlFolder = None,
    quick: QuickFile = None,
    faults: FaultsFile = None,
) -> None:
    """Make the whole site: the report, and asv's pages so that they need no network."""
    with importing():
        from parabench.report.errors import ReportError
        from parabench.report.publish import publish_asv, read_or_say_so
        from parabench.report.site.build import write_site

    html = html or HTML
    sessions = read_or_say_so(folder, html, warn)
    failed = None
    try:
        asv = publish_asv(html, warn)
    except ReportError as error:
        failed = error
    page = write_site(sessions, html, quick=quick, faults=faults)  # which links to asv's, if any
    print_done(f"page: {page}")
    if failed is not None:
        raise failed
    print_done(f"asv's pages: {asv}")
