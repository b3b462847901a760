"""Makes the site of `asv publish` work without a network, and from a file: URL."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

from parabench.report.errors import ReportError
from parabench.report.site.npm import unpack

# By package: how the URL of a library ends in asv's page (its host left out, its version in it,
# lest a later asv gets an older one), and the package's file that takes its place. Where npm has
# the very file of asv's host, it was compared with the page's `integrity`. Not so with flot, of
# which npm has only the unminified files, and stupidtable, of which it has only this version.
LIBRARIES = {
    "jquery": {"/jquery-3.3.1.min.js": "dist/jquery.min.js"},
    "flot": {
        "/flot/0.8.3/jquery.flot.min.js": "jquery.flot.js",
        "/flot/0.8.3/jquery.flot.time.min.js": "jquery.flot.time.js",
        "/flot/0.8.3/jquery.flot.selection.min.js": "jquery.flot.selection.js",
        "/flot/0.8.3/jquery.flot.categories.min.js": "jquery.flot.categories.js",
    },
    "flot-orderbars": {
        "/flot-orderbars@1.0.0/js/jquery.flot.orderBars.js": "js/jquery.flot.orderBars.js",
    },
    "stupid-table-plugin": {"/stupidtable/1.0.1/stupidtable.min.js": "stupidtable.min.js"},
    "blueimp-md5": {"/blueimp-md5/2.19.0/js/md5.min.js": "js/md5.min.js"},
    "bootstrap": {
        "/bootstrap@3.1.1/dist/js/bootstrap.min.js": "dist/js/bootstrap.min.js",
        "/bootstrap@3.1.1/dist/css/bootstrap.min.css": "dist/css/bootstrap.min.css",
    },
}
FONTS = ("eot", "svg", "ttf", "woff")
# What the libraries load in turn, and their licenses.
BESIDES = {
    "jquery": ["LICENSE.txt"],
    "flot": ["LICENSE.txt"],
    "flot-orderbars": [],  # says in its package.json that it is MIT
    "stupid-table-plugin": ["LICENSE"],
    "blueimp-md5": ["js/md5.min.js.map", "LICENSE.txt"],
    "bootstrap": [
        *(f"dist/fonts/glyphicons-halflings-regular.{form}" for form in FONTS),
        "LICENSE",
    ],
}
LOCAL = {
    end: f"vendor/{package}/{file}"
    for package, files in LIBRARIES.items()
    for end, file in files.items()
}
OFFLINE = Path(__file__).with_name("offline.js")
OFFLINE_TAG = f'<script src="{OFFLINE.name}"></script>'


class PagesError(ReportError):
    """The pages are not those of an asv that is known here."""


def make_offline(folder: Path) -> None:
    """Put all that asv's pages load from elsewhere into their folder; harmless when repeated.

    The libraries go into folder/vendor, and beside every X.json goes an X.json.js, for the
    transport in offline.js. Raises PagesError, NpmError.
    """
    index = folder / "index.html"
    if not index.is_file():
        message = f"there is no index.html in {folder}; run: asv publish"
        raise PagesError(message)
    html = _localised(index.read_text(encoding="utf-8"))
    for package, files in LIBRARIES.items():
        unpack(package, [*files.values(), *BESIDES[package]], folder / "vendor")
    shutil.copyfile(OFFLINE, folder / OFFLINE.name)
    for data in folder.rglob("*.json"):
        # A string in ASCII, not an object: it ends nowhere but at its end, and jQuery parses
        # it as what a server would have sent.
        text = json.dumps(data.read_text(encoding="utf-8"))
        data.with_name(f"{data.name}.js").write_text(f"asvText({text});\n", encoding="ascii")
    index.write_text(html, encoding="utf-8")  # last, as it needs all the rest


class _Externals(HTMLParser):
    """Collects the start tags that load from another host, with the URL.

    Not a regular expression: those know nothing of comments, line breaks, quotes, and the order
    of attributes. The tags' text is kept as it stands in the page, to be replaced there: all
    the rest of the page stays as asv wrote it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.urls: dict[str, str] = {}  # by tag

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        url = dict(attrs).get("href" if tag == "link" else "src")
        if url and re.match(r"(\w+:)?//", url):
            self.urls[self.get_starttag_text() or ""] = url


def _localised(html: str) -> str:
    """Return asv's page with libraries from vendor/, and with offline.js."""
    externals = _Externals()
    externals.feed(html)
    externals.close()
    for tag, url in externals.urls.items():
        path = next((ours for end, ours in LOCAL.items() if url.endswith(end)), None)
        if path is None:
            message = (
                f"asv's page loads {url}, of which parabench has no copy; install the asv of "
                "constraints.txt, or add the library to npm.txt and asv_pages.py"
            )
            raise PagesError(message)
        # Without `integrity` and its like: a file: URL has no origin that would satisfy them.
        local = f'<link rel="stylesheet" href="{path}">'
        if path.endswith(".js"):
            local = f'<script src="{path}">'
        html = html.replace(tag, local)
    if OFFLINE_TAG in html:
        return html
    if "</head>" not in html:
        message = "asv's page has no </head>; install the asv of constraints.txt"
        raise PagesError(message)
    # asv's scripts wait for the whole page, so the head's end is early enough, and after jQuery.
    return html.replace("</head>", f"  {OFFLINE_TAG}\n  </head>", 1)
