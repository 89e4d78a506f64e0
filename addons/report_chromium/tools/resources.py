"""What the pages of a report ask for, answered out of the running transaction.

Chromium asks, we look it up: styles, pictures, barcodes. There is no session, no cookie and no
request to any server, so that nothing waits for a free worker and nothing leaves the machine.
"""

import base64
import logging
import mimetypes
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.http import request, root
from odoo.tools import file_open
from odoo.tools.image import image_guess_size_from_field_name, image_process
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.web.controllers.binary import Binary
from odoo.addons.web.controllers.report import ReportController

_logger = logging.getLogger(__name__)

PLACEHOLDER = "web/static/img/placeholder.png"


def _rules():
    endpoints = {
        "image": Binary.content_image,
        "content": Binary.content_common,
        "assets": Binary.content_assets,
        "logo": Binary.company_logo,
        "barcode": ReportController.report_barcode,
    }
    for name, endpoint in endpoints.items():
        routes = endpoint.original_routing["routes"]
        for route in [routes] if isinstance(routes, str) else routes:
            yield Rule(route, endpoint=name)


class Resources:
    """Answers the requests of one print.

    :param env: environment of the report
    :param base_urls: addresses of this Odoo; what has another one is not fetched
    :param report_name: for the log
    """

    def __init__(self, env, base_urls, report_name):
        self._env = env
        self._reader = env(user=_reader_id(env), su=False)
        self._hosts = {urlsplit(url).netloc for url in base_urls if url}
        self._report_name = report_name
        self._routes = Map(list(_rules()), strict_slashes=False).bind("localhost")
        self._pages = {}
        self._found = {}

    def add_page(self, url, html):
        self._pages[url] = html.encode()

    def add_data_uri(self, path, uri):
        """A picture that a page had embedded."""
        head, _comma, data = uri[len("data:") :].partition(",")
        mimetype, _semicolon, coding = head.partition(";")
        content = (
            base64.b64decode(unquote(data)) if coding.endswith("base64") else unquote_to_bytes(data)
        )
        self._found[path] = (mimetype or "text/plain", content)

    def answer(self, url):
        """:returns: `(mimetype, bytes)`, or None when there is no such thing"""
        if url in self._pages:
            return "text/html; charset=utf-8", self._pages[url]
        parts = urlsplit(url)
        if parts.netloc not in self._hosts:
            # The host alone: the rest of an address may be a secret.
            _logger.warning(
                "Report %s: nothing is fetched from %s; reports print what is in Odoo",
                self._report_name,
                parts.netloc or parts.scheme,
            )
            return None
        key = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if key not in self._found:
            self._found[key] = self._look_up(unquote(parts.path), dict(parse_qsl(parts.query)))
        return self._found[key]

    def _look_up(self, path, query):
        if path == "/favicon.ico":
            return None
        if ".." in path.split("/"):
            _logger.warning("Report %s: nothing answers %s", self._report_name, path)
            return None
        if static := root.get_static_file(path):
            with file_open(static, "rb") as file:
                return mimetypes.guess_type(static)[0] or "application/octet-stream", file.read()
        try:
            name, arguments = self._routes.match(path)
        except HTTPException:
            _logger.warning("Report %s: nothing answers %s", self._report_name, path)
            return None
        return getattr(self, f"_get_{name}")(**{**query, **arguments})

    def _get_assets(self, unique, filename, **_ignored):
        IrAsset = self._env["ir.asset"]
        url = IrAsset._get_asset_bundle_url(filename, unique, {})
        attachment = self._env["ir.attachment"].sudo()
        if "%" not in url:
            attachment = attachment.search(
                [
                    ("public", "=", True),
                    ("url", "=", url),
                    ("res_model", "=", "ir.ui.view"),
                    ("res_id", "=", 0),
                    ("create_uid", "=", SUPERUSER_ID),
                ],
                limit=1,
            )
        if not attachment:
            name, rtl, kind, autoprefix = IrAsset._parse_bundle_name(filename, False)
            css = kind == "css"
            bundle = self._env["ir.qweb"]._get_asset_bundle(
                name, css=css, js=not css, rtl=rtl, autoprefix=autoprefix, assets_params={}
            )
            attachment = (bundle.css() if css else bundle.js()).sudo()
        return attachment.mimetype, attachment.raw

    def _get_image(
        self, xmlid=None, model="ir.attachment", id=None, field="raw", access_token=None, **options
    ):
        width, height = int(options.get("width") or 0), int(options.get("height") or 0)
        if not (width or height):
            width, height = image_guess_size_from_field_name(field)
        size, crop = (width, height), options.get("crop") or False
        try:
            mimetype, content = self._read(xmlid, model, id, field, access_token)
            if content:
                return mimetype or "image/png", self._resized(content, size, crop)
        except (UserError, ValueError):
            # As in the web client: not there, not for this reader, or no picture.
            _logger.info("Report %s: %s %s shows no picture", self._report_name, model, xmlid or id)
        with file_open(PLACEHOLDER, "rb") as file:
            return "image/png", self._resized(file.read(), size, crop)

    @staticmethod
    def _resized(content, size, crop):
        return image_process(content, size=size, crop=crop) if any(size) else content

    def _get_content(
        self, xmlid=None, model="ir.attachment", id=None, field="raw", access_token=None, **_ignored
    ):
        try:
            mimetype, content = self._read(xmlid, model, id, field, access_token)
            return (mimetype or "application/octet-stream", content) if content else None
        except (UserError, ValueError):
            _logger.warning(
                "Report %s: %s %s cannot be read by user %s",
                self._report_name,
                model,
                xmlid or id,
                self._reader.uid,
            )
            return None

    def _get_logo(self, company=None, **_ignored):
        companies = self._reader["res.company"].sudo()
        logo = (
            companies.browse(int(company)).exists() if company else self._env.company.sudo()
        ).logo_web
        if not logo:
            with file_open("web/static/img/nologo.png", "rb") as file:
                return "image/png", file.read()
        content = base64.b64decode(logo)
        return guess_mimetype(content), content

    def _get_barcode(self, barcode_type=None, value=None, **options):
        try:
            return "image/png", self._env["ir.actions.report"].barcode(
                barcode_type, value, **options
            )
        except (ValueError, AttributeError):
            _logger.warning(
                "Report %s: %r is no %s barcode", self._report_name, value, barcode_type
            )
            return None

    def _read(self, xmlid, model, res_id, field, access_token):
        """A binary field, by the reader's rights or an access token; empty when it is none.

        :raises UserError: the record is not there, or not for the reader
        """
        record = self._reader["ir.binary"]._find_record(
            xmlid, model, int(res_id) if res_id else None, access_token, field=field
        )
        definition = record._fields.get(field)
        if definition is None or definition.type != "binary":
            return None, b""
        record._check_field_access(definition, "read")
        if record._name == "ir.attachment" and field in ("raw", "datas", "db_datas"):
            if record.type == "url" and root.get_static_file(record.url or ""):
                return self._look_up(record.url, {})
            return record.mimetype, record.raw
        content = base64.b64decode(record[field] or b"")
        return guess_mimetype(content), content


def _reader_id(env):
    """By whose rights pictures are read: those of whoever asked for the report.

    Reports are often rendered as superuser; a text with the address of a picture must not make it
    visible to somebody who may not see it.
    """
    public = env["ir.model.data"]._xmlid_to_res_id("base.public_user")
    if request and request.db:
        return request.session.uid or public
    return public if env.uid == SUPERUSER_ID else env.uid
