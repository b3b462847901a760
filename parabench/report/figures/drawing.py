"""A figure whose marks know what they stand for, as SVG and as PNG."""

import io
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.figure import Figure

SMALLEST = 0.7  # of its size, to which the page may shrink a figure before one has to scroll
STYLE: Any = {  # of Matplotlib
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,  # a name with dollar signs is no formula
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched, and made light
}
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


@dataclass(frozen=True)
class Mark:
    """What a mark stands for."""

    strategy: str
    text: str  # what is said of a point, nothing for lines and bands


@dataclass
class Drawing:
    """A figure, its file name, what it is called, and what one would say of it on the phone."""

    name: str
    title: str
    description: str
    figure: Figure
    marks: dict[str, Mark] = field(default_factory=dict)  # by the id of the SVG's group

    def mark(self, artist: Artist, strategy: str, text: str = "") -> None:
        """Say what an artist stands for."""
        identity = f"{self.name}-{len(self.marks)}"
        artist.set_gid(identity)
        self.marks[identity] = Mark(strategy, text)

    @cached_property
    def _plain(self) -> str:
        """The SVG file as Matplotlib writes it, without a date."""
        file = io.StringIO()
        # The salt makes the ids of this figure its own, and the same each time.
        with mpl.rc_context({**STYLE, "svg.hashsalt": self.name}):
            self.figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
        return file.getvalue()

    def svg(self, *, links: str = "", paper: str = "") -> str:
        """Return the SVG element, with a text for each point.

        `links`: the folder with a page for each strategy's code; without it, no links.
        `paper`: the colour behind; without it, that of the page.
        """
        root = ElementTree.fromstring(self._plain)  # noqa: S314 - we have just made it
        for element in root.findall(f"{{{SVG}}}metadata"):
            root.remove(element)
        for element in root.iter(f"{{{SVG}}}style"):
            element.attrib.pop("type", None)
        for group in root.iter(f"{{{SVG}}}g"):
            mark = self.marks.get(group.get("id", ""))
            if mark is None:
                group.attrib.pop("id", None)  # as in every figure, and nothing refers to it
            else:
                group.set("data-strategy", mark.strategy)
                if mark.text:
                    group.set("class", "point")
                    ElementTree.SubElement(group, f"{{{SVG}}}title").text = mark.text
        for link in root.iter(f"{{{SVG}}}a"):
            target = link.attrib.pop(f"{{{XLINK}}}href")
            if links:
                link.set("href", links + target)
        if paper:
            behind = {"width": "100%", "height": "100%", "fill": paper}
            root.insert(0, ElementTree.Element(f"{{{SVG}}}rect", behind))
        width = float(root.get("width", "0pt").removesuffix("pt"))
        root.set("style", f"min-width: {SMALLEST * width:.0f}pt")
        root.set("role", "group" if links else "img")  # links in an image are not read aloud
        root.set("aria-label", f"{self.title}. {self.description}")
        return ElementTree.tostring(root, encoding="unicode")

    def save(self, folder: Path) -> list[Path]:
        """Write an SVG and a PNG file into `folder`; the same results give the same files."""
        folder.mkdir(parents=True, exist_ok=True)
        svg, png = folder / f"{self.name}.svg", folder / f"{self.name}.png"
        svg.write_text(f"{self.svg(paper='white')}\n", encoding="utf-8")
        with mpl.rc_context(STYLE):
            self.figure.savefig(png, dpi=144, metadata={"Software": None}, facecolor="white")
        return [svg, png]
