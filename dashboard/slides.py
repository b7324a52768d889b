"""A view as slides: native text and tables, the map as SVG with a PNG for readers without SVG."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

import segno
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from dashboard import snapshot
from dashboard.catalogue import catalogue
from dashboard.chromium import Wanted, painter
from dashboard.export_about import lines
from dashboard.export_data import Asked
from dashboard.figures.theme import colour
from dashboard.showing import shown
from dashboard.slide_tables import Grid, beside_of, brief_of, sheet_of
from dashboard.telling import KeyFigure

WIDE, HIGH = 13.333, 7.5  # inches
EDGE = 0.45
LAID = 100  # px of layout for one inch of slide
DENSITY = 2.0
LANGUAGES = {"fr": MSO_LANGUAGE_ID.FRENCH, "en": MSO_LANGUAGE_ID.ENGLISH_UK}
SVG_BLIP = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
SVG_NAMESPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
WITH_SVG = f"""<a:extLst {nsdecls("a", "r")}><a:ext uri="{SVG_BLIP}">
<asvg:svgBlip xmlns:asvg="{SVG_NAMESPACE}" r:embed="%s"/></a:ext></a:extLst>"""
FONT = "Arial"
GLYPH = 0.55  # width of a character, in ems, that few texts exceed on average
Box = tuple[float, float, float, float]  # left, top, width, height in inches


def as_pptx(asked: Asked) -> bytes:
    """One slide for the view; three or four for the sheet of a place; with `deck` (`scenes`, or
    names of views) one for each of these."""
    deck = _Deck(asked)
    for each in asked.deck:
        deck.view(each)
        for title, grids in brief_of(each):
            deck.tables(each, title, grids)
    return deck.written()


class _Deck:
    """A presentation being made."""

    def __init__(self, asked: Asked) -> None:
        self._pages = Presentation()
        self._pages.slide_width, self._pages.slide_height = Inches(WIDE), Inches(HIGH)
        self._lang = asked.state.lang
        about, properties = asked.about, self._pages.core_properties
        properties.title, properties.author = about.title, "Corridors"
        properties.language, properties.subject = self._lang, about.sentence
        properties.comments, properties.keywords = about.link, about.data_version

    def written(self) -> bytes:
        held = io.BytesIO()
        self._pages.save(held)
        return held.getvalue()

    def view(self, asked: Asked) -> None:
        """A slide that shows a view."""
        view, page = shown(asked.world, asked.state), sheet_of(asked)
        told = view.told
        slide = self._slide(asked, asked.name or told.title)
        figures = (page.figures if page else told.key_figures)[:4]
        wide = WIDE - 2 * EDGE - 1.15 * len(figures)
        self._text(slide, told.sentence, (EDGE, 0.95, wide, 0.66), 16)
        for at, figure in enumerate(figures):
            self._figure(slide, figure, WIDE - EDGE - 1.15 * (len(figures) - at))
        grid = beside_of(asked)
        room = 9.0 if grid else WIDE - 2 * EDGE
        if view.figure["data"]:
            self._map(slide, asked, (EDGE, 1.68, room, 4.5), alone=page is not None)
            left, breadth = EDGE + room + 0.2, WIDE - 2 * EDGE - room - 0.2
        else:
            left, breadth = EDGE, WIDE - 2 * EDGE
        if grid:
            self._table(slide, grid, (left, 1.72, breadth, 4.4))

    def tables(self, asked: Asked, title: str, grids: Sequence[Grid]) -> None:
        """A slide of tables side by side."""
        slide = self._slide(asked, title)
        gap, room = 0.3, WIDE - 2 * EDGE
        breadth = (room - gap * (len(grids) - 1)) / len(grids)
        for at, grid in enumerate(grids):
            self._table(slide, grid, (EDGE + at * (breadth + gap), 1.1, breadth, 5.05))

    def _slide(self, asked: Asked, title: str) -> Any:
        """A slide with its title, its sources and the way back to the view; notes hold the
        method."""
        slide = self._pages.slides.add_slide(self._pages.slide_layouts[5])
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = _rgb("ground")
        held = slide.shapes.title
        held.left, held.top = Inches(EDGE), Inches(0.3)
        held.width, held.height = Inches(WIDE - 2 * EDGE - 4.6), Inches(0.65)
        held.text_frame.word_wrap, held.text_frame.vertical_anchor = True, MSO_ANCHOR.TOP
        held.text_frame.margin_left = Inches(0.02)
        size = _fitting(title, WIDE - 2 * EDGE - 4.6, 0.6, 28)
        self._fill(held.text_frame, title, size, bold=True)
        held.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        about, words = asked.about, catalogue(self._lang)
        sources = words.say("about.said", name=words.say("about.source"),
                            text=" · ".join(about.sources))  # fmt: skip
        convention = f"{about.convention} {words.say('about.made')} {about.made} · "
        version = f"{words.say('about.version')} {about.data_version[:12]}"
        said = f"{sources}\n{convention}{version}"
        frame = self._text(slide, said, (EDGE, 6.28, WIDE - 2 * EDGE - 1.1, 0.84), 9, "ink-soft")
        frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        link = self._text(slide, about.link, (EDGE, 7.1, WIDE - 2 * EDGE - 1.1, 0.26), 9)
        link.paragraphs[0].runs[0].hyperlink.address = about.link or None
        self._code(slide, about.link)
        told = [words.say("about.said", name=name, text=text)
                for name, text in lines(about, self._lang)]  # fmt: skip
        slide.notes_slide.notes_text_frame.text = "\n".join((*asked.note.splitlines(), *told))
        return slide

    def _code(self, slide: Any, link: str) -> None:
        if len(link.encode()) > snapshot.CODED:
            return
        drawn = io.BytesIO()
        segno.make(link, error="m", micro=False).save(drawn, kind="png", scale=6, border=2)
        words = catalogue(self._lang)
        side = Inches(1.0)
        held = slide.shapes.add_picture(drawn, Inches(WIDE - EDGE - 1.0), Inches(6.3), side, side)
        _described(held, words.say("snapshot.qr"))

    def _figure(self, slide: Any, figure: KeyFigure, left: float) -> None:
        box = slide.shapes.add_textbox(Inches(left), Inches(0.3), Inches(1.15), Inches(1.3))
        frame = box.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = Inches(0.04)
        self._fill(frame, figure.value, _fitting(figure.value, 1.05, 0.42, 22), bold=True)
        for text, shade in ((figure.label, "ink"), (figure.note, "ink-soft")):
            if text:
                self._fill(frame, text, 10 if len(text) < 40 else 8, shade, fresh=False)

    def _map(self, slide: Any, asked: Asked, box: Box, *, alone: bool) -> None:
        left, top, width, height = box
        size = (int(width * LAID), int(height * LAID))
        document = snapshot.bare(asked, size, alone=alone)
        svg, png = painter().paint(document, Wanted(size, ("svg", "png"), DENSITY))
        held = slide.shapes.add_picture(
            io.BytesIO(png), Inches(left), Inches(top), Inches(width), Inches(height)
        )
        _described(held, f"{asked.about.title}. {asked.about.sentence}")
        name = PackURI(f"/ppt/media/map{len(self._pages.slides)}.svg")
        part = Part(name, "image/svg+xml", self._pages.part.package, svg)
        related = slide.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
        held._element.find(f".//{qn('a:blip')}").append(parse_xml(WITH_SVG % related))

    def _table(self, slide: Any, grid: Grid, box: Box) -> None:
        left, top, width, height = box
        self._text(slide, grid.title, (left, top, width, 0.3), 12, bold=True)
        size, kept, heights = _rows_that_fit(grid, width, height - 0.65)
        cells = slide.shapes.add_table(
            kept + 1, len(grid.head), Inches(left), Inches(top + 0.32), Inches(width),
            Inches(sum(heights)),
        ).table  # fmt: skip
        cells.horz_banding = False
        for at, share in enumerate(grid.shares):
            cells.columns[at].width = Inches(width * share)
        for row, texts in enumerate((grid.head, *grid.rows[:kept])):
            cells.rows[row].height = Inches(heights[row])
            for at, text in enumerate(texts):
                self._cell(cells.cell(row, at), text, size, head=row == 0)
        if rest := grid.said_after(kept, catalogue(self._lang)):
            self._text(slide, rest, (left, top + 0.36 + sum(heights), width, 0.3), 10, "ink-soft")

    def _cell(self, cell: Any, text: str, size: float, *, head: bool) -> None:
        cell.margin_left = cell.margin_right = Inches(0.06)
        cell.margin_top = cell.margin_bottom = Inches(0.02)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        cell.fill.solid()
        cell.fill.fore_color.rgb = _rgb("accent-soft" if head else "ground")
        self._fill(cell.text_frame, text, size, bold=head)

    def _text(
        self, slide: Any, text: str, box: Box, largest: float, shade: str = "ink", *,
        bold: bool = False,
    ) -> Any:  # fmt: skip
        left, top, width, height = box
        held = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
        held.text_frame.word_wrap = True
        for side in ("margin_left", "margin_right", "margin_top", "margin_bottom"):
            setattr(held.text_frame, side, Inches(0.02))
        size = _fitting(text, width, height, largest)
        self._fill(held.text_frame, text, size, shade, bold=bold)
        return held.text_frame

    def _fill(
        self, frame: Any, text: str, size: float, shade: str = "ink", *, bold: bool = False,
        fresh: bool = True,
    ) -> None:  # fmt: skip
        """Text in a frame, in the first paragraph of a `fresh` one, else below what it has."""
        for at, line in enumerate(text.split("\n")):
            paragraph = frame.paragraphs[0] if fresh and at == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = line
            run.font.size, run.font.bold = Pt(size), bold
            run.font.color.rgb = _rgb(shade)
            run.font.name = FONT
            run.font.language_id = LANGUAGES[self._lang]


def _rgb(name: str) -> Any:
    held: Any = RGBColor
    return held(*bytes.fromhex(colour(name).removeprefix("#")))


def _described(picture: Any, text: str) -> None:
    """The alternative text of a picture."""
    picture._element.nvPicPr.cNvPr.set("descr", text)


def _fitting(text: str, width: float, height: float, largest: float) -> float:
    """The largest size (points) at which a text takes no more than a box (inches)."""
    size = largest
    while size > 6 and _lines(text, width, size) * size * 1.2 > height * 72:
        size -= 0.5
    return size


def _lines(text: str, width: float, size: float) -> int:
    across = max(int(width * 72 / (size * GLYPH)), 1)
    return sum(max(ceil(len(line) / across), 1) for line in text.split("\n"))


def _rows_that_fit(grid: Grid, width: float, height: float) -> tuple[float, int, list[float]]:
    """The size of type (points) of a table, how many of its rows fit, and their heights (inches,
    the head first)."""
    size = 11.0 if len(grid.head) < 5 else 9.0
    heights = [_row_height(texts, grid.shares, width, size) for texts in (grid.head, *grid.rows)]
    kept = 0
    while kept < len(grid.rows) and sum(heights[: kept + 2]) <= height:
        kept += 1
    return size, kept, heights[: kept + 1]


def _row_height(texts: Iterable[str], shares: Sequence[float], width: float, size: float) -> float:
    broken = [_lines(text, width * share - 0.12, size)
              for text, share in zip(texts, shares, strict=True)]  # fmt: skip
    return max(broken) * size * 1.2 / 72 + 0.06
