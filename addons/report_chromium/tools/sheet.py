"""The geometry of a printed page. Lengths in millimetres; no Odoo in here."""

from dataclasses import dataclass

MM_PER_INCH = 25.4
CSS_DPI = 96
# wkhtmltopdf lays pages out on 1.25 times their width and shrinks the result, unless it is told not
# to; margins, columns and font sizes of Odoo's reports are made for that.
SMART_SHRINKING = 1.25
MIN_SCALE, MAX_SCALE = 0.1, 2  # what DevTools allows
# A page box that is a hair lower than its page never spills over to the next.
SLACK = 0.3


@dataclass(frozen=True)
class Sheet:
    """A page as it lies before the reader: `width` by `height`, turned already if it is turned."""

    width: float = 210.0
    height: float = 297.0
    margin_top: float = 10.0
    margin_bottom: float = 10.0
    margin_left: float = 10.0
    margin_right: float = 10.0
    header_spacing: float = 0.0
    header_line: bool = False
    dpi: int = CSS_DPI
    shrinking: bool = True

    @property
    def scale(self):
        """Printed size of a CSS pixel, as a part of 1/96 inch."""
        scale = CSS_DPI / (self.dpi or CSS_DPI)
        if self.shrinking:
            scale /= SMART_SHRINKING
        return min(max(scale, MIN_SCALE), MAX_SCALE)

    def css(self, length):
        """`length` as CSS that measures so much on paper."""
        return f"{length / self.scale:.3f}mm"

    def body_options(self):
        """DevTools' options for what stands between header and footer."""
        return self._options(self.margin_top, self.margin_bottom)

    def overlay_options(self):
        """DevTools' options for the pages that carry headers and footers."""
        return self._options(0, 0)

    def _options(self, top, bottom):
        inches = {
            "paperWidth": self.width,
            "paperHeight": self.height,
            "marginTop": top,
            "marginBottom": bottom,
            "marginLeft": self.margin_left,
            "marginRight": self.margin_right,
        }
        return {"scale": self.scale} | {key: mm / MM_PER_INCH for key, mm in inches.items()}

    @property
    def header_top(self):
        """Where a header begins, from the upper edge of the page."""
        return max(self.margin_top - self.header_spacing, 0)

    @property
    def footer_top(self):
        """Where a footer begins, from the upper edge of the page."""
        return self.height - self.margin_bottom
