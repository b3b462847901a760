"""The strategies' code and the documents, as pages of the site."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from benchmarks.harness.git import ROOT, git
from strategies import describe, names

DOCUMENTS = (
    "report",
    "methodology",
    "bias",
    "input",
    "functions",
    "engines",
    "whole_file",
    "fidelity",
    "faults",
    "asv",
)
LINES = re.compile(r"[^a-z0-9]+")


def write_code(templates: Environment, folder: Path, commit: str | None) -> None:
    """Write a page for each strategy: its file and its helpers', as they were at the commit.

    A file that the commit does not have is shown as it is now, and the page says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Two of the few styles with a contrast of 4.5:1 throughout.
    formatter = HtmlFormatter(cssclass="code", style="xcode", wrapcode=True, nobackground=True)
    dark = HtmlFormatter(cssclass="code", style="one-dark", nobackground=True)
    light_rules, dark_rules = (
        theme.get_style_defs(".code")  # type: ignore[no-untyped-call] # Pygments has no types
        for theme in (formatter, dark)
    )
    colours = f"{light_rules}\n@media (prefers-color-scheme: dark) {{\n{dark_rules}\n}}\n"
    (folder / "code.css").write_text(colours, encoding="utf-8")
    for name in names():
        files = []
        for path in (f"strategies/{file.name}" for file in describe(name).files):
            text, at = _source(path, commit)
            code = Markup(highlight(text, PythonLexer(), formatter))  # noqa: S704 - Pygments escapes
            files.append((path, at, code))
        page = templates.get_template("code.html").render(name=name, files=files)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")


def _source(path: str, commit: str | None) -> tuple[str, str]:
    """Return a file's text, and what it is of."""
    text = git_show(f"{commit}:{path}") if commit else None
    if commit and text is not None:
        return text, f"commit {commit[:8]}"
    return (ROOT / path).read_text(encoding="utf-8"), "as it is now"


def git_show(what: str, *options: str) -> str | None:
    """Return what git shows, None where it does not know it or is not there."""
    return git("show", *options, "--end-of-options", what)


def write_documents(templates: Environment, folder: Path) -> list[str]:
    """Write a page for each document that is here; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in DOCUMENTS:
        path = ROOT / "docs" / f"{name}.md"
        if path.exists():  # the package may be installed without them
            title, html = rendered(path.read_text(encoding="utf-8"))
            page = templates.get_template("document.html").render(title=title, html=Markup(html))  # noqa: S704 - HTML in documents is escaped
            (folder / f"{name}.html").write_text(page, encoding="utf-8")
            written.append(name)
    return written


def rendered(text: str) -> tuple[str, str]:
    """Return a document's title, and its text as HTML."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    title = next((t.content for t in tokens if t.type == "inline"), "")
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", LINES.sub("-", inline.content.lower()).strip("-"))
    for token in tokens:
        token.children = list(_within_the_site(token.children)) if token.children else None
    return title, markdown.renderer.render(tokens, markdown.options, {})


def _within_the_site(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens of a paragraph; links to files that the site does not have lose it."""
    kept = []
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrGet("href") or "")
            file, _, place = target.partition("#")
            document = file.removesuffix(".md")
            kept.append(not file or "://" in file or document in DOCUMENTS)
            if file.endswith(".md") and document in DOCUMENTS:
                token.attrSet("href", f"{document}.html" + (f"#{place}" if place else ""))
        if token.type not in {"link_open", "link_close"} or kept[-1]:
            yield token
        if token.type == "link_close":
            kept.pop()
