"""Odoo's headers and footers as pages of their own, to be laid over the printed bodies.

Odoo renders one HTML document with the headers of all records and one with the footers; the n-th of
each belongs to the n-th body. Each page gets a copy with its own page numbers filled in.
"""

import copy
import hashlib

import lxml.html

from .sheet import SLACK

HEADERS, FOOTERS = "minimal_layout_report_headers", "minimal_layout_report_footers"
# Classes that wkhtmltopdf's script fills; a section's name is only known to wkhtmltopdf.
PAGE, PAGES, UNKNOWN = "page", "topage", ("section", "subsection", "subsubsection")
LONG = 2000  # characters of an embedded picture that is worth being sent once only
BODY_STYLE = """
html, body, .report_sheet_body { height: auto !important; min-height: 0 !important;
    overflow: visible !important; background: transparent !important; }
body, .report_sheet_body { margin: 0 !important; max-width: none !important; }
thead { display: table-header-group; }
tfoot { display: table-footer-group; }
thead, tfoot, tr, img { break-inside: avoid; }
h1, h2, h3, h4, h5, h6, thead { break-after: avoid; }
* { -webkit-print-color-adjust: exact !important; print-color-adjust: exact !important; }
"""
# A sheet is never broken: for that `contain`. What is fixed stays in its header or footer, as in a
# document of its own: for that the transform.
OVERLAY_STYLE = """
.report_sheet { position: relative; height: %(height)s; contain: size layout paint; }
.report_sheet + .report_sheet { break-before: page; }
.report_sheet_header, .report_sheet_footer { position: absolute; left: 0; right: 0;
    transform: translate(0); }
.report_sheet_header { top: %(header_top)s; %(header_line)s }
.report_sheet_footer { top: %(footer_top)s; }
"""


def with_style(html):
    """A body as Chromium shall see it: nothing is cut off, and table heads are repeated."""
    style = f"<style>{BODY_STYLE}</style>"
    head, end, rest = html.partition("</head>")
    return f"{head}{style}{end}{rest}" if end else f"{style}{html}"


class Furniture:
    """The headers and footers of one print.

    :param header: HTML document with all headers, or None
    :param footer: HTML document with all footers, or None
    """

    def __init__(self, header, footer):
        self.pictures = {}  # path: data URI
        self._documents = [doc for doc in map(self._parsed, (header, footer)) if doc is not None]
        self._headers = self._parts(header, HEADERS)
        self._footers = self._parts(footer, FOOTERS)

    def __bool__(self):
        return bool(self._headers or self._footers)

    def pages(self, pages, sheet):
        """An HTML document with the headers and footers of some pages.

        :param pages: for each page the index of its body, its number in the body, the body's pages
        """
        document = copy.deepcopy(self._documents[0])
        body = document.find("body")
        body[:] = []
        body.text = None
        body.attrib.pop("onload", None)
        # Margins of the body are those of each header and footer.
        css_class = f"{body.attrib.pop('class', '')} report_sheet_body"
        style = lxml.html.Element("style")
        style.text = BODY_STYLE + OVERLAY_STYLE % {
            "height": sheet.css(sheet.height - SLACK),
            "header_top": sheet.css(sheet.header_top),
            "footer_top": sheet.css(sheet.footer_top),
            "header_line": "border-bottom: 1px solid" if sheet.header_line else "",
        }
        head = document.find("head")
        if head is None:
            head = lxml.html.Element("head")
            document.insert(0, head)
        head.append(style)
        for script in document.findall(".//script"):
            script.getparent().remove(script)
        for index, number, count in pages:
            page = lxml.html.Element("div", {"class": "report_sheet"})
            for place, parts in (("header", self._headers), ("footer", self._footers)):
                part = _part_of(parts, index)
                if part is not None:
                    page.append(_filled(part, place, css_class, number, count))
            body.append(page)
        return "<!DOCTYPE html>" + lxml.html.tostring(document, encoding="unicode")

    @staticmethod
    def _parsed(html):
        return lxml.html.document_fromstring(html.encode(), parser=_parser()) if html else None

    def _parts(self, html, container_id):
        """The parts of each body, or the one part that all bodies share."""
        document = self._parsed(html)
        if document is None:
            return []
        body = document.find("body")
        container = document.get_element_by_id(container_id, None)
        if container is None:
            container = lxml.html.Element("div")
            container.text = body.text
            for child in list(body):
                container.append(child)
            parts = _Shared([container])
        else:
            parts = list(container)
        for part in parts:
            for image in part.iter("img"):
                self._share_picture(image)
        return parts

    def _share_picture(self, image):
        """A logo that is embedded is sent once, not with each page."""
        source = image.get("src") or ""
        if source.startswith("data:") and len(source) > LONG:
            path = f"/report_chromium/{hashlib.sha256(source.encode()).hexdigest()}"
            self.pictures[path] = source
            image.set("src", path)


class _Shared(list):
    """One part that belongs to every body."""


def _part_of(parts, index):
    if isinstance(parts, _Shared):
        return parts[0]
    return parts[index] if index < len(parts) else None


def _filled(part, place, css_class, number, count):
    box = lxml.html.Element("div", {"class": f"report_sheet_{place}"})
    margins = lxml.html.Element("div", {"class": css_class})
    filled = copy.deepcopy(part)
    filled.tail = None
    margins.append(filled)
    box.append(margins)
    texts = {PAGE: str(number), PAGES: str(count)} | dict.fromkeys(UNKNOWN, "")
    for css_class, text in texts.items():
        for node in filled.find_class(css_class):
            for child in list(node):
                node.remove(child)
            node.text = text
    return box


def _parser():
    return lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
