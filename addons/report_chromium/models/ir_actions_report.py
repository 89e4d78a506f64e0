import contextlib
import logging
import os
import re
from secrets import token_hex

import lxml.html

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.base.models.report_paperformat import PAPER_SIZES

from ..tools import errors
from ..tools.assemble import Assembly
from ..tools.browser import OPTION, VARIABLE, Browser, find_browser
from ..tools.overlay import Furniture, with_style
from ..tools.pipe import Deadline
from ..tools.resources import Resources
from ..tools.sheet import Sheet
from ..tools.slots import profile_in_slot

_logger = logging.getLogger(__name__)

PROCESSES = "report_chromium.processes"
WAIT = "report_chromium.wait"
TIMEOUT = "report_chromium.timeout"
SECONDS = 60  # default of WAIT and TIMEOUT
DELAY = "report.print_delay"  # Odoo's own: milliseconds that scripts get
ATTEMPTS = 2
# Pages of headers and footers that are printed at a time.
OVERLAY_PAGES = 200
ARTICLE = re.compile(r"""<div\b[^>]*\bclass=(["'])(?:(?!\1).)*\barticle\b[^>]*>""")
_sizes = {size["key"]: (size["width"], size["height"]) for size in PAPER_SIZES if "width" in size}


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    @api.model
    def get_wkhtmltopdf_state(self):
        # Whoever asks wants to know whether he may print. Without a browser printing says what is
        # missing; the web client would speak of another program.
        return "ok"

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        """Print by Chromium; arguments and result are those of Odoo's method.

        `set_viewport_size` has no meaning here: pages are laid out on paper, not on a screen.
        """
        report = self._get_report(report_ref) if report_ref else self.browse()
        name = report.name or self.env._("Report")
        sheet = self._get_chromium_sheet(
            (report or self).get_paperformat(), landscape, specific_paperformat_args or {}
        )
        bodies = [str(body) for body in bodies]
        furniture = Furniture(header and str(header), footer and str(footer))
        with self._chromium_problems_explained(name):
            return self._print_by_chromium(name, bodies, furniture, sheet)

    def _get_chromium_sheet(self, paperformat, landscape, arguments):
        """The page to print on.

        :param paperformat: `report.paperformat`, may be empty
        :param landscape: True turns the page whatever the format says
        :param arguments: values of `data-report-*` in the report's HTML, which go first
        """
        if landscape is None:
            landscape = arguments.get("data-report-landscape")
        turned = bool(landscape) and landscape not in ("False", "false", "0")
        values = {}
        width, height = Sheet.width, Sheet.height
        if paperformat:
            turned = turned or paperformat.orientation == "Landscape"
            if paperformat.format == "custom":
                if paperformat.page_width and paperformat.page_height:
                    width, height = paperformat.page_width, paperformat.page_height
            elif paperformat.format:
                width, height = _sizes[paperformat.format]
            values = {
                "margin_top": paperformat.margin_top,
                "margin_bottom": paperformat.margin_bottom,
                "margin_left": paperformat.margin_left,
                "margin_right": paperformat.margin_right,
                "header_spacing": paperformat.header_spacing,
                "header_line": paperformat.header_line,
                "dpi": paperformat.dpi,
                "shrinking": not paperformat.disable_shrinking,
            }
        for key in ("margin_top", "margin_bottom", "header_spacing", "dpi"):
            value = arguments.get("data-report-" + key.replace("_", "-"))
            if value is not None and (value or key != "dpi"):
                values[key] = float(value)
        if turned:
            width, height = height, width
        return Sheet(width=width, height=height, **values)

    def _print_by_chromium(self, name, bodies, furniture, sheet):
        program = find_browser(tools.config.get(OPTION))
        base_url = self._get_report_url().rstrip("/")
        # An address that nobody can guess, so that no page can name another.
        folder = f"{base_url}/report_chromium/{token_hex(16)}"
        resources = Resources(self.env, self._get_chromium_urls(base_url), name)
        for path, uri in furniture.pictures.items():
            resources.add_data_uri(path, uri)
        urls = [f"{folder}/{index}" for index in range(len(bodies))]
        for url, body in zip(urls, bodies, strict=True):
            resources.add_page(url, with_style(body))
        slots = os.path.join(tools.config["data_dir"], "report_chromium")
        with profile_in_slot(
            slots, self._get_chromium_processes(), self._get_chromium_number(WAIT)
        ) as profile:
            for attempt in range(1, ATTEMPTS + 1):
                browser_profile = os.path.join(profile, str(attempt))
                os.mkdir(browser_profile)
                try:
                    with Browser(
                        program, browser_profile, resources.answer, self._get_chromium_deadline()
                    ) as browser:
                        assembly = self._print_pages(
                            browser, urls, furniture, sheet, resources, folder
                        )
                    break
                except errors.ChromiumCrash as crash:
                    if attempt == ATTEMPTS:
                        raise
                    _logger.warning(
                        "Report %s: Chromium crashed (%s) and is started once more", name, crash
                    )
        return assembly.pdf([_record_of(body) for body in bodies], name)

    def _print_pages(self, browser, urls, furniture, sheet, resources, folder):
        """:returns: an `Assembly` with all bodies, headers and footers"""
        milliseconds = self.env["ir.config_parameter"].sudo().get_param(DELAY)
        delay = int(milliseconds) / 1000 if milliseconds else 0
        assembly = Assembly()
        for url in urls:
            pdf = browser.print(url, sheet.body_options(), self._get_chromium_deadline(), delay)
            assembly.add_body(pdf)
        if furniture:
            for number, batch in enumerate(_batches(assembly.page_counts, OVERLAY_PAGES)):
                url = f"{folder}/overlay/{number}"
                resources.add_page(url, furniture.pages(batch, sheet))
                pdf = browser.print(
                    url, sheet.overlay_options(), self._get_chromium_deadline(), delay
                )
                assembly.add_overlay(pdf, len(batch))
        return assembly

    def _get_chromium_urls(self, base_url):
        """The addresses under which this Odoo is known."""
        urls = [base_url, self.env["ir.config_parameter"].sudo().get_param("web.base.url")]
        if request:
            urls.append(request.httprequest.host_url)
        return urls

    def _get_chromium_number(self, key):
        value = self.env["ir.config_parameter"].sudo().get_param(key)
        try:
            number = float(value or SECONDS)
        except ValueError:
            number = 0
        if number <= 0:
            raise UserError(
                self.env._(
                    "The system parameter %(key)s is '%(value)s'; it must be a number of seconds "
                    "above 0.",
                    key=key,
                    value=value,
                )
            )
        return number

    def _get_chromium_processes(self):
        value = self.env["ir.config_parameter"].sudo().get_param(PROCESSES) or "0"
        if not value.isdigit():
            raise UserError(
                self.env._(
                    "The system parameter %(key)s is '%(value)s'; it must be a number of browsers, "
                    "or 0 for as many as the server has processors.",
                    key=PROCESSES,
                    value=value,
                )
            )
        return int(value) or len(os.sched_getaffinity(0))

    def _get_chromium_deadline(self):
        return Deadline(self._get_chromium_number(TIMEOUT))

    @contextlib.contextmanager
    def _chromium_problems_explained(self, name):
        """What went wrong, in words for whoever wanted to print."""
        try:
            yield
        except errors.ChromiumMissing as error:
            _logger.error("Report %s: %s", name, error)
            raise UserError(
                self.env._(
                    "“%(report)s” cannot be printed: Chromium is not on the server. Looked for: "
                    "%(places)s. Install it, or name it in odoo.conf "
                    "(%(option)s = /path/chromium) or in the environment variable %(variable)s.",
                    report=name,
                    places=", ".join(error.looked_for),
                    option=OPTION,
                    variable=VARIABLE,
                )
            ) from error
        except errors.ChromiumBusy as error:
            _logger.warning("Report %s: %s", name, error)
            raise UserError(
                self.env._(
                    "“%(report)s” was not printed: for %(seconds)s seconds the server was busy "
                    "with %(processes)s other reports. Try again in a moment. An administrator can "
                    "change the system parameters %(wait)s and %(limit)s.",
                    report=name,
                    seconds=f"{error.seconds:g}",
                    processes=error.processes,
                    wait=WAIT,
                    limit=PROCESSES,
                )
            ) from error
        except errors.ChromiumTimeout as error:
            _logger.warning("Report %s: %s", name, error)
            raise UserError(
                self.env._(
                    "“%(report)s” was not ready after %(seconds)s seconds, so printing was ended. "
                    "Print fewer pages at once. An administrator can change the system parameter "
                    "%(key)s (seconds for each document).",
                    report=name,
                    seconds=f"{error.seconds:g}",
                    key=TIMEOUT,
                )
            ) from error
        except errors.ChromiumCrash as error:
            _logger.error("Report %s: %s. Its last words:\n%s", name, error, error.output)
            raise UserError(
                self.env._(
                    "“%(report)s” cannot be printed: Chromium crashed twice. The server's log says "
                    "how.",
                    report=name,
                )
            ) from error
        except errors.ChromiumRefusal as error:
            _logger.error("Report %s: %s", name, error)
            raise UserError(
                self.env._(
                    "“%(report)s” cannot be printed: Chromium refused it (%(reason)s). Check its "
                    "paper format.",
                    report=name,
                    reason=error,
                )
            ) from error


def _record_of(body):
    """Which record a body belongs to: its model and id, or None."""
    found = ARTICLE.search(body)
    if not found:
        return None
    article = lxml.html.fragment_fromstring(found.group() + "</div>")
    model, record_id = article.get("data-oe-model"), article.get("data-oe-id")
    return (model, record_id) if model and record_id else None


def _batches(counts, size):
    """Pages of all bodies in groups of at most `size`: lists of (body, page, pages)."""
    pages = [
        (body, page, count) for body, count in enumerate(counts) for page in range(1, count + 1)
    ]
    return [pages[start : start + size] for start in range(0, len(pages), size)]
