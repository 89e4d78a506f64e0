import logging

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.dispatch_states import OPEN_STATES

_logger = logging.getLogger(__name__)

# What a phone may send at once.
MAX_PHOTOS = 10
RECENT_ORDERS = 20

# Steps that ask nothing.
STEPS = {"accept": "action_accept", "depart": "action_depart", "arrive": "action_arrive"}


class DispatchPortal(CustomerPortal):
    """The phone-sized page of responders: one thing to do at a time, with a thumb."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dispatch_count" in counters:
            values["dispatch_count"] = (
                len(self._own_orders([("state", "in", OPEN_STATES)])) if self._is_responder() else 0
            )
        return values

    def _is_responder(self):
        return request.env.user.has_group("alarm_dispatch.group_responder")

    def _own_orders(self, domain):
        """Orders that ask for the user himself: a dispatcher sees more, but not here."""
        own = [("user_id", "=", request.env.uid), ("state", "in", ("invited", "accepted"))]
        return request.env["alarm.dispatch"].search(
            [("member_ids", "any", own), *domain], limit=RECENT_ORDERS
        )

    def _own_order(self, order_id):
        order = self._is_responder() and self._own_orders([("id", "=", order_id)])
        if not order:
            raise NotFound()
        return order

    @http.route("/my/dispatch", type="http", auth="user", website=True)
    def dispatch_orders(self):
        if not self._is_responder():
            raise NotFound()
        values = self._prepare_portal_layout_values() | {
            "page_name": "dispatch",
            "orders": self._own_orders([("state", "in", OPEN_STATES)]),
            "past_orders": self._own_orders([("state", "not in", OPEN_STATES)]),
            "message": request.session.pop("alarm_dispatch_message", None),
        }
        return request.render("alarm_dispatch.portal_orders", values)

    @http.route("/my/dispatch/<int:order_id>", type="http", auth="user", website=True)
    def dispatch_order(self, order_id):
        order = self._own_order(order_id)
        member = order.member_ids.filtered(lambda one: one.user_id == request.env.user)
        values = self._prepare_portal_layout_values() | {
            "page_name": "dispatch",
            "order": order,
            "member": member[:1],
            "contacts": order._portal_contacts(),
            "map_url": order._map_url(),
            "causes": request.env["alarm.dispatch.cause"].search([]),
            "selections": order._portal_selections(),
            "message": request.session.pop("alarm_dispatch_message", None),
        }
        return request.render("alarm_dispatch.portal_order", values)

    @http.route(
        "/my/dispatch/<int:order_id>/<any(accept,depart,arrive,decline):step>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def dispatch_step(self, order_id, step, reason="", latitude="", longitude="", **_kwargs):
        order = self._own_order(order_id)

        def run():
            if step == "decline":
                order.action_decline(reason)
            else:
                getattr(order, STEPS[step])()

        self._report_position(latitude, longitude)
        done = self._try(run)
        if done and step == "decline":
            return request.redirect("/my/dispatch", 303)
        return request.redirect(f"/my/dispatch/{order_id}", 303)

    @http.route(
        "/my/dispatch/<int:order_id>/report",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def dispatch_report(self, order_id, **posted):
        """Keep what was filled in; ``finish`` among it hands the report over."""
        order = self._own_order(order_id)
        photos = request.httprequest.files.getlist("photos")[:MAX_PHOTOS]

        def run():
            order._portal_report(posted, [photo.read() for photo in photos if photo.filename])

        def finish():
            order.action_finish()

        self._report_position(posted.get("latitude"), posted.get("longitude"))
        # What was typed is kept even where the report is not complete yet.
        kept = self._try(run)
        if kept and posted.get("finish"):
            self._try(finish)
        # Who has just taken photos goes on from there.
        place = "#photos" if kept and photos and not posted.get("finish") else ""
        return request.redirect(f"/my/dispatch/{order_id}{place}", 303)

    @http.route(
        "/my/dispatch/<int:order_id>/photo/<int:photo_id>/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def dispatch_remove_photo(self, order_id, photo_id):
        order = self._own_order(order_id)
        photo = order.photo_ids.filtered(lambda one: one.id == photo_id)
        self._try(photo.unlink)
        return request.redirect(f"/my/dispatch/{order_id}#photos", 303)

    def _try(self, run):
        """Run a verb; what it refuses is shown on the next page."""
        try:
            with request.env.cr.savepoint():
                run()
        except (UserError, AccessError) as error:
            request.session["alarm_dispatch_message"] = str(error.args[0])
            request.env.invalidate_all()
            return False
        except ValueError:  # of a number, or of a picture (binascii.Error is one)
            _logger.info("A report could not be read", exc_info=True)
            request.session["alarm_dispatch_message"] = request.env._(
                "What the phone sent could not be read. Try again."
            )
            return False
        return True

    def _report_position(self, latitude, longitude):
        """Where the phone is, when its owner lets it tell; without it everything works."""
        try:
            place = float(latitude), float(longitude)
        except (TypeError, ValueError):
            return
        responder = request.env["alarm.responder"].search(
            [("user_id", "=", request.env.uid)], limit=1
        )
        if responder:
            try:
                responder.action_report_position(*place)
            except UserError:
                _logger.info("No position: %s", place)
