"""Printed bodies, headers and footers become one PDF."""

import io

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from .errors import ChromiumRefusal

OVERLAY = NameObject("/ReportOverlay")


class Assembly:
    """Collects the printed documents of one report."""

    def __init__(self):
        self._bodies = []
        self._overlays = []

    def add_body(self, pdf):
        """:returns: number of pages"""
        reader = PdfReader(io.BytesIO(pdf))
        self._bodies.append(reader)
        return len(reader.pages)

    def add_overlay(self, pdf, pages):
        """The headers and footers of the next `pages` pages.

        :raises ChromiumRefusal: the browser printed another number of them
        """
        reader = PdfReader(io.BytesIO(pdf))
        if len(reader.pages) != pages:
            raise ChromiumRefusal(f"{len(reader.pages)} headers and footers on {pages} pages")
        self._overlays.extend(reader.pages)

    @property
    def page_counts(self):
        return [len(reader.pages) for reader in self._bodies]

    def pdf(self, records, title):
        """The finished document.

        :param records: for each body the key of the record that it belongs to; where a record
            begins the outline gets an entry, by which Odoo cuts the document
        """
        writer = PdfWriter()
        first_pages = []
        for reader in self._bodies:
            first_pages.append(len(writer.pages))
            for page in reader.pages:
                writer.add_page(page)
        for page, overlay in zip(writer.pages, self._overlays, strict=False):
            _lay_over(writer, page, overlay)
        starts = [
            page
            for index, page in enumerate(first_pages)
            if index == 0 or records[index] is None or records[index] != records[index - 1]
        ]
        if len(starts) > 1:
            _add_outline(writer, starts, title)
        writer.add_metadata({"/Title": title})
        result = io.BytesIO()
        writer.write(result)
        return result.getvalue()


def _lay_over(writer, page, overlay):
    """Draw `overlay` over `page`, as an object of its own."""
    contents = overlay.get_contents()
    if contents is not None:
        form = DecodedStreamObject()
        form.set_data(contents.get_data())
        form = form.flate_encode()
        form[NameObject("/Type")] = NameObject("/XObject")
        form[NameObject("/Subtype")] = NameObject("/Form")
        form[NameObject("/BBox")] = ArrayObject(overlay.mediabox)
        form[NameObject("/Resources")] = overlay["/Resources"].get_object().clone(writer)
        _draw(writer, page, writer._add_object(form))
    links = [_link(writer, note.get_object()) for note in overlay.get("/Annots") or []]
    if links:
        page[NameObject("/Annots")] = ArrayObject(
            [*(page.get("/Annots") or []), *filter(None, links)]
        )


def _draw(writer, page, form):
    resources = DictionaryObject(page["/Resources"].get_object())
    objects = DictionaryObject(resources.get("/XObject", DictionaryObject()).get_object())
    objects[OVERLAY] = form
    resources[NameObject("/XObject")] = objects
    page[NameObject("/Resources")] = resources
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.set_data(b"q\n")
    after.set_data(b"\nQ q %s Do Q\n" % OVERLAY.encode())
    contents = page.get("/Contents")
    own = contents.get_object() if contents is not None else None
    middle = (
        list(own)
        if isinstance(own, ArrayObject)
        else [page.raw_get("/Contents")]
        if contents is not None
        else []
    )
    page[NameObject("/Contents")] = ArrayObject(
        [writer._add_object(before), *middle, writer._add_object(after)]
    )


def _link(writer, note):
    """A link to the outside, taken over; links inside the overlay lead nowhere."""
    action = note.get("/A")
    if note.get("/Subtype") != "/Link" or action is None or "/URI" not in action.get_object():
        return None
    link = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/Rect"): ArrayObject(note["/Rect"]),
            NameObject("/Border"): ArrayObject([NumberObject(0)] * 3),
            NameObject("/A"): DictionaryObject(
                {
                    NameObject("/S"): NameObject("/URI"),
                    NameObject("/URI"): TextStringObject(action.get_object()["/URI"]),
                }
            ),
        }
    )
    return writer._add_object(link)


def _add_outline(writer, starts, title):
    """An outline as wkhtmltopdf makes it and Odoo reads it: destinations name page numbers."""
    root = writer._root_object
    destinations = DictionaryObject()
    outline = DictionaryObject({NameObject("/Type"): NameObject("/Outlines")})
    outline_reference = writer._add_object(outline)
    items = []
    for number, page in enumerate(starts, start=1):
        name = NameObject(f"/record-{number}")
        destinations[name] = ArrayObject([NumberObject(page), NameObject("/Fit")])
        item = DictionaryObject(
            {
                NameObject("/Title"): TextStringObject(f"{title} {number}"),
                NameObject("/Parent"): outline_reference,
                NameObject("/Dest"): name,
            }
        )
        items.append((item, writer._add_object(item)))
    for (item, reference), (following, next_reference) in zip(items, items[1:], strict=False):
        item[NameObject("/Next")] = next_reference
        following[NameObject("/Prev")] = reference
    outline[NameObject("/First")] = items[0][1]
    outline[NameObject("/Last")] = items[-1][1]
    outline[NameObject("/Count")] = NumberObject(len(items))
    root[NameObject("/Dests")] = writer._add_object(destinations)
    root[NameObject("/Outlines")] = outline_reference
