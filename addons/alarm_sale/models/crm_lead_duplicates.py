from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.premises import address_key, box_around, phone_key

# What is looked through, the strongest first.
_KINDS = ("subscriber", "lead", "partner")
_MODELS = {"subscriber": "alarm.subscriber", "lead": "crm.lead", "partner": "res.partner"}


class CrmLead(models.Model):
    """A second lead for the same premises is noticed while it is typed."""

    _inherit = "crm.lead"

    alarm_address_key = fields.Char(
        compute="_compute_alarm_address_key", store=True, index="btree_not_null"
    )
    alarm_phone_key = fields.Char(
        compute="_compute_alarm_phone_key", store=True, index="btree_not_null"
    )
    _alarm_position_idx = models.Index("(latitude, longitude)")

    alarm_duplicate_count = fields.Integer(
        string="Same Premises", compute="_compute_alarm_duplicates"
    )
    alarm_duplicates = fields.Html(
        string="Already Known", compute="_compute_alarm_duplicates", sanitize=False
    )

    @api.depends("street", "street2", "city")
    def _compute_alarm_address_key(self):
        for lead in self:
            lead.alarm_address_key = address_key(lead.street, lead.street2, lead.city) or False

    @api.depends("phone")
    def _compute_alarm_phone_key(self):
        for lead in self:
            lead.alarm_phone_key = phone_key(lead.phone) or False

    @api.depends(
        "alarm_address_key", "alarm_phone_key", "latitude", "longitude", "partner_id", "company_id"
    )
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_alarm_duplicates(self):
        found = self._find_alarm_duplicates()
        for place, lead in enumerate(self):
            rows = found.get(place, [])
            lead.alarm_duplicate_count = len(rows)
            lead.alarm_duplicates = lead._alarm_duplicate_list(rows)

    def _find_alarm_duplicates(self):
        """Place of the lead in `self` -> rows of what is known of the same premises, each a dict
        with `kind`, `id`, `name`, `state`, `user_id` and `reasons` (a set): one query for all.

        Past record rules, within the companies of the user: that somebody else works on these
        premises is what the salesperson has to be told. No more is told than the name, the state
        and the colleague.
        """
        asked = [lead._prepare_duplicate_question(place) for place, lead in enumerate(self)]
        asked = [question for question in asked if question is not None]
        if not asked:
            return {}
        self.env["crm.lead"].flush_model()
        self.env["res.partner"].flush_model()
        self.env["alarm.subscriber"].flush_model()
        self.env["sale.order"].flush_model(["subscriber_id", "opportunity_id"])
        rows = self.env.execute_query(
            SQL(
                "WITH asked (place, id, address_key, phone_key, south, north, west, east, customer)"
                " AS (VALUES %s) %s",
                SQL(", ").join(asked),
                SQL(" UNION ALL ").join(
                    getattr(self, f"_{kind}_duplicates_query")(reason, condition)
                    for kind in _KINDS
                    for reason, condition in self._duplicate_conditions(kind)
                ),
            )
        )
        return _gather(rows)

    def _prepare_duplicate_question(self, place):
        """SQL of one row of what is asked; None when the lead says nothing to ask by."""
        self.ensure_one()
        box = (None,) * 4
        if self.latitude or self.longitude:
            box = box_around(self.latitude, self.longitude)
        if not (self.alarm_address_key or self.alarm_phone_key or box[0] is not None):
            return None
        return SQL(
            # As the columns are: compared with another type, they would not use their index.
            "(%s::int, %s::int, %s::text, %s::text, %s::numeric, %s::numeric, %s::numeric,"
            " %s::numeric, %s::int)",
            place,
            self._origin.id or 0,
            self.alarm_address_key or None,
            self.alarm_phone_key or None,
            *box,
            self.partner_id.commercial_partner_id._origin.id or 0,
        )

    @api.model
    def _duplicate_conditions(self, kind):
        """(reason, SQL by which `other` is the same place), each by an index of its own."""
        latitude, longitude = (
            ("latitude", "longitude")
            if kind == "lead"
            else ("partner_latitude", "partner_longitude")
        )
        return [
            ("address", SQL("other.alarm_address_key = asked.address_key")),
            ("phone", SQL("other.alarm_phone_key = asked.phone_key")),
            (
                "position",
                SQL(
                    "%s BETWEEN asked.south AND asked.north"
                    " AND %s BETWEEN asked.west AND asked.east",
                    SQL.identifier("other", latitude),
                    SQL.identifier("other", longitude),
                ),
            ),
        ]

    def _lead_duplicates_query(self, reason, condition):
        return SQL(
            "SELECT asked.place, 'lead', other.id, other.name, other.alarm_classification,"
            " other.user_id, %s FROM asked JOIN crm_lead AS other ON %s WHERE other.id <> asked.id"
            " AND other.active AND (other.company_id IS NULL OR other.company_id = ANY(%s))",
            reason,
            condition,
            self.env.companies.ids,
        )

    def _partner_duplicates_query(self, reason, condition):
        """Customers, by whichever of their addresses; not the lead's own one, and no address that
        a subscriber tells."""
        return SQL(
            "SELECT asked.place, 'partner', customer.id, customer.name, NULL, customer.user_id, %s"
            " FROM asked JOIN res_partner AS other ON %s"
            " JOIN res_partner AS customer ON customer.id = other.commercial_partner_id"
            " WHERE other.active AND other.commercial_partner_id <> asked.customer"
            " AND (other.company_id IS NULL OR other.company_id = ANY(%s)) AND NOT EXISTS"
            " (SELECT FROM alarm_subscriber AS site WHERE site.address_id = other.id)",
            reason,
            condition,
            self.env.companies.ids,
        )

    def _subscriber_duplicates_query(self, reason, condition):
        """Not those that came out of an order of the lead itself."""
        return SQL(
            "SELECT asked.place, 'subscriber', site.id, concat('[', site.ref, '] ', site.name),"
            " site.state, NULL::int, %s FROM asked JOIN res_partner AS other ON %s"
            " JOIN alarm_subscriber AS site ON site.address_id = other.id"
            " WHERE site.company_id = ANY(%s) AND NOT EXISTS (SELECT FROM sale_order AS own"
            " WHERE own.subscriber_id = site.id AND own.opportunity_id = asked.id)",
            reason,
            condition,
            self.env.companies.ids,
        )

    def _alarm_duplicate_list(self, rows):
        if not rows:
            return False
        items = []
        for row in rows:
            words = self._alarm_duplicate_words(row)
            items.append(
                Markup('<li><a href="/odoo/%s/%s">%s</a> %s</li>')
                % (_MODELS[row["kind"]], row["id"], row["name"], words)
            )
        return Markup("<ul class='mb-0'>%s</ul>") % Markup().join(items)

    def _alarm_duplicate_words(self, row):
        """What it is, why it is the same place, and who has it in hand."""
        kinds = {
            "subscriber": self.env._("subscriber"),
            "lead": self.env._("lead"),
            "partner": self.env._("customer"),
        }
        reasons = {
            "address": self.env._("same address"),
            "phone": self.env._("same telephone"),
            "position": self.env._("same position"),
        }
        words = [kinds[row["kind"]], *(reasons[why] for why in reasons if why in row["reasons"])]
        if row["state"]:
            model, field = (
                ("alarm.subscriber", "state")
                if row["kind"] == "subscriber"
                else ("crm.lead", "alarm_classification")
            )
            states = dict(self.env[model]._fields[field]._description_selection(self.env))
            words.append(states.get(row["state"], row["state"]))
        if row["user_id"]:
            words.append(self.env["res.users"].sudo().browse(row["user_id"]).name)
        return "· " + " · ".join(words)


def _gather(rows):
    """Place -> dicts, one for each record, with all its reasons; subscribers first."""
    found = {}
    for place, kind, id_, name, state, user_id, reason in rows:
        row = found.setdefault(place, {}).setdefault(
            (kind, id_),
            {
                "kind": kind,
                "id": id_,
                "name": name,
                "state": state,
                "user_id": user_id,
                "reasons": set(),
            },
        )
        row["reasons"].add(reason)
    return {
        place: sorted(by_record.values(), key=lambda row: (_KINDS.index(row["kind"]), row["id"]))
        for place, by_record in found.items()
    }
