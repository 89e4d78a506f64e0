from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..tools.work_states import sources

# What a crew takes with it where there is no network.
_DAYS_AHEAD = 7
_SHOWN_STATES = ("scheduled", "in_progress", "testing", "accepted")
# As the page makes them: a random UUID. Longer ones are none.
_KEY_LENGTH = 64


class AlarmWorkOrder(models.Model):
    """What the phone page of a crew shows and sends.

    Others add to what it shows by `_work_data`, and to what it may send by `_work_verbs`; all of it
    runs as the user who sent it.
    """

    _inherit = "alarm.work.order"

    @api.model
    def work_load(self):
        """The user's own orders as the page shows them, the next days' too.

        :return: ``{"orders": [see _work_data], "now": ISO time}``
        """
        until = fields.Datetime.now() + timedelta(days=_DAYS_AHEAD)
        orders = self.search(
            [
                ("technician_ids", "in", self.env.uid),
                ("state", "in", _SHOWN_STATES),
                "|",
                ("planned_start", "=", False),
                ("planned_start", "<=", until),
            ],
        )
        return {"orders": [order._work_data() for order in orders], "now": _iso(datetime.now(UTC))}

    @api.model
    def work_send(self, calls):
        """Do what was typed on the page, in order; what was done before is not done again, what is
        refused does not hold up the rest.

        :param calls: list of ``{"key": random text, "order": id, "verb": see _work_verbs,
            "values": dict, "at": ISO time}``
        :return: ``{"results": [{"key", "ok": bool, "message"}], "orders": [as they are now]}``
        """
        results, touched = [], self.browse()
        for call in calls:
            order = self.browse(call["order"]).exists()
            message = self._work_try(order, call)
            results.append({"key": call["key"], "ok": not message, "message": message or ""})
            touched |= order
        shown = touched._filtered_access("read")
        self.env.invalidate_all()
        return {"results": results, "orders": [order._work_data() for order in shown]}

    def _work_try(self, order, call):
        """Run one call; what it refuses is returned as words."""
        try:
            with self.env.cr.savepoint():
                order._work_run(call)
        except UserError as error:
            self.env.invalidate_all()
            return str(error.args[0])
        return None

    def _work_run(self, call):
        key, verb = call["key"], call["verb"]
        if not self:
            raise UserError(self.env._("This work order is no longer there."))
        self.check_access("read")
        method = self._work_verbs().get(verb)
        if not method or not isinstance(key, str) or not 8 <= len(key) <= _KEY_LENGTH:
            raise UserError(self.env._("The page sent something unknown; reload it."))
        if self._work_is_known(key, call):
            return
        getattr(self, method)(call.get("values") or {})

    def _work_is_known(self, key, call):
        """Note the key; whether somebody did so before."""
        Input = self.env["alarm.work.input"].sudo()
        values = {
            "key": key,
            "work_order_id": self.id,
            "user_id": self.env.uid,
            "verb": call["verb"],
            "typed_at": _from_iso(call.get("at")),
        }
        try:
            # The same key at this moment from another request waits here, then meets it.
            with self.env.cr.savepoint():
                Input.create(values)
                Input.flush_model()
        except psycopg2.errors.UniqueViolation:
            known = Input.search([("key", "=", key)])
            if known and (known.work_order_id != self or known.user_id != self.env.user):
                raise UserError(self.env._("The page sent something unknown; reload it.")) from None
            return True
        return False

    @api.model
    def _work_verbs(self):
        """What the page may send: name -> method that takes the values as a dict."""
        return {
            "verb": "_work_verb",
            "checklist": "_work_checklist",
            "material": "_work_material",
            "request": "_work_request",
            "surplus": "_work_surplus",
            "photo": "_work_photo",
            "photo_remove": "_work_photo_remove",
            "note": "_work_note",
        }

    def _work_verb(self, values):
        """A step of the order: start, test, accept, finish, rework."""
        verb = values.get("verb")
        if verb not in self._work_steps():
            raise UserError(self.env._("The page sent something unknown; reload it."))
        getattr(self, f"action_{verb}")()

    @api.model
    def _work_steps(self):
        """The verbs that the page offers, in their order."""
        return ("start", "test", "accept", "finish", "rework")

    def _work_checklist(self, values):
        line = self.checklist_ids.filtered(lambda one: one.id == values.get("id"))
        if not line:
            raise UserError(self.env._("This line of the check-list is no longer there."))
        answers = {}
        if "checked" in values:
            answers["checked"] = bool(values["checked"])
        for name in ("value", "remark"):
            if name in values:
                answers[name] = str(values[name] or "").strip()
        line.write(answers)

    def _work_material(self, values):
        self.action_report_material([values])

    def _work_request(self, values):
        product = self.env["product.product"].browse(values.get("product"))
        row = self.material_ids.filtered(lambda one: one.product_id == product)[:1]
        self.action_request_material(
            product.id, values.get("quantity"), values.get("ownership") or row.ownership or "sold"
        )

    def _work_surplus(self, _values):
        self.action_return_surplus()

    def _work_photo(self, values):
        image = values.get("image")
        if not isinstance(image, str):
            raise UserError(self.env._("This is no photo."))
        self.photo_ids.create(
            {
                "work_order_id": self.id,
                "moment": "after" if values.get("moment") == "after" else "before",
                "name": str(values.get("name") or "").strip(),
                # What a browser calls a data URL begins with its type.
                "image": image.partition(",")[2] if image.startswith("data:") else image,
                "taken_at": _from_iso(values.get("at")) or fields.Datetime.now(),
            }
        )

    def _work_photo_remove(self, values):
        self.photo_ids.filtered(lambda photo: photo.id == values.get("id")).unlink()

    def _work_note(self, values):
        text = str(values.get("text") or "").strip()
        if text:
            self.message_post(body=text)

    def _work_data(self):
        """What the page shows of this order, as plain values."""
        self.ensure_one()
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "state")
        }
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "kind_label": labels["kind"][self.kind],
            "state": self.state,
            "state_label": labels["state"][self.state],
            "site": self.subscriber_id.name or self.partner_id.name or "",
            "ref": self.subscriber_id.ref or "",
            "customer": self.partner_id.name or "",
            "address": self.address_id._display_address(without_company=True).strip(),
            "map_url": self._work_map_url(),
            "phone": self.address_id.phone or self.partner_id.phone or "",
            "contacts": self._work_contacts(),
            "system": self.system_type_id.name or "",
            "urgent": self.priority == "1",
            "crew": self.crew_id.name or "",
            "description": html2plaintext(self.description or "").strip(),
            "planned_start": _iso(self.planned_start),
            "planned_end": _iso(self.planned_end),
            "started_at": _iso(self.started_at),
            "steps": self._work_step_data(),
            "checklist": [line._work_data() for line in self.checklist_ids],
            "material": [row._work_data() for row in self.material_ids],
            "material_surplus": self.material_surplus,
            "material_from": self.material_from,
            "photos": [
                {"id": photo.id, "moment": photo.moment, "name": photo.name or ""}
                for photo in self.photo_ids
            ],
            "plans": [{"id": plan.id, "name": plan.name} for plan in self.plan_ids],
        }

    def _work_step_data(self):
        """The steps that are possible from here, the one that brings the order on first; with what
        each still waits for."""
        tested, steps = self._test_of_kind(), []
        labels = self._work_step_labels()
        for verb in self._work_steps():
            if self.state in sources(verb, self.kind, tested):
                steps.append(
                    {
                        "verb": verb,
                        "label": labels.get(verb, verb),
                        "main": verb == self.next_verb,
                        "missing": self._missing(verb),
                    }
                )
        return sorted(steps, key=lambda step: not step["main"])

    def _work_step_labels(self):
        return {
            "start": self.env._("Start Work"),
            "test": self.env._("Begin Test"),
            "accept": self.env._("Accept"),
            "finish": self.env._("Finish"),
            "rework": self.env._("Back to Work"),
        }

    def _work_contacts(self):
        roles = self.env["alarm.contact"]._fields["role"]._description_selection(self.env)
        labels = dict(roles)
        return [
            {
                "id": contact.id,
                "name": contact.partner_id.name or "",
                "role": labels.get(contact.role, ""),
                "phone": contact.phone or "",
                "note": contact.available or "",
            }
            for contact in self.subscriber_id.contact_ids
        ]

    def _work_map_url(self):
        """A link that shows the premises on a map: the position where it is known, else a search
        for the address. Which map is a system parameter."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        place = self.address_id
        address = place._display_address(without_company=True).strip().replace("\n", ", ")
        if place.partner_latitude or place.partner_longitude:
            template = get_param("alarm_work_order.map_url")
        else:
            template = address and get_param("alarm_work_order.map_search_url")
        return (template or "") and (
            template.replace("{latitude}", f"{place.partner_latitude:.6f}")
            .replace("{longitude}", f"{place.partner_longitude:.6f}")
            .replace("{name}", quote(place.name or ""))
            .replace("{address}", quote(address))
        )


class AlarmWorkOrderChecklist(models.Model):
    _inherit = "alarm.work.order.checklist"

    def _work_data(self):
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "answer": self.answer,
            "unit": self.unit or "",
            "required": self.required,
            "checked": self.checked,
            "value": self.value or "",
            "remark": self.remark or "",
            "answered": self.answered,
        }


class AlarmWorkOrderMaterial(models.Model):
    _inherit = "alarm.work.order.material"

    def _work_data(self):
        self.ensure_one()
        order = self.work_order_id
        lots = self.sudo().lot_ids
        if order.material_from == "vehicle" and self.tracking == "serial":
            lots |= order._lots_on_vehicle(self)
        return {
            "id": self.id,
            "product_id": self.product_id.id,
            "product": self.product_id.display_name,
            "unit": self.uom_id.name,
            "ownership": self.ownership,
            "tracking": self.tracking,
            "planned": self.quantity,
            "issued": self.quantity_issued,
            "coming": self.quantity_coming,
            "short": self.quantity_short,
            "surplus": self.quantity_surplus,
            "leaving": self.quantity_leaving,
            "used": self.quantity_used,
            "reported": bool(self.reported_at),
            "serials": sorted(lots.mapped("name")),
            "used_serials": sorted(self.sudo().used_lot_ids.mapped("name")),
        }


def _iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _from_iso(text):
    """A time as a browser writes it, in UTC as Odoo keeps it; False where it is none."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (AttributeError, TypeError, ValueError):
        return False
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0) if moment.tzinfo else False
