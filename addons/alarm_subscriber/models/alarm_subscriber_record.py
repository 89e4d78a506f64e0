from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from .alarm_subscriber_category import RISKS


class AlarmSubscriber(models.Model):
    """What else the record holds: where the premises are, how much is at stake, who comes, and what
    everybody has to know."""

    _inherit = "alarm.subscriber"

    latitude = fields.Float(
        string="Latitude",
        related="address_id.partner_latitude",
        readonly=False,
        help="Degrees north (WGS 84), negative in the south: -90 to 90.",
    )
    longitude = fields.Float(
        string="Longitude",
        related="address_id.partner_longitude",
        readonly=False,
        help="Degrees east (WGS 84), negative in the west: -180 to 180.",
    )
    risk = fields.Selection(
        RISKS, index=True, tracking=True, help="How much is at stake at the premises."
    )
    service_level_id = fields.Many2one(
        "alarm.service.level",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    pickup_seconds = fields.Integer(related="service_level_id.pickup_seconds")
    dispatch_minutes = fields.Integer(related="service_level_id.dispatch_minutes")
    arrival_minutes = fields.Integer(related="service_level_id.arrival_minutes")
    territory_id = fields.Many2one(
        "alarm.territory",
        string="Responder Territory",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Whose responders are the first to be sent.",
    )
    police_partner_id = fields.Many2one(
        "res.partner",
        string="Police Station",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('alarm_authority', '=', 'police')]",
    )
    police_phone = fields.Char(string="Police Phone", related="police_partner_id.phone")
    fire_partner_id = fields.Many2one(
        "res.partner",
        string="Fire Brigade",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('alarm_authority', '=', 'fire')]",
    )
    fire_phone = fields.Char(string="Fire Brigade Phone", related="fire_partner_id.phone")
    directions = fields.Text(
        help="How to get there and in: access, gates, lifts, where the keys are."
    )
    site_plan_ids = fields.One2many("alarm.site.plan", "subscriber_id", string="Site Plans")
    site_plan_count = fields.Integer(compute="_compute_site_plan_count")
    note_ids = fields.One2many("alarm.subscriber.note", "subscriber_id", string="Notes")
    current_note_ids = fields.One2many(
        "alarm.subscriber.note",
        string="Notes in Force",
        compute="_compute_current_note_ids",
        help="What holds now: without notes that have expired.",
    )
    current_notes = fields.Html(
        string="Notes in Force, to Read", compute="_compute_current_notes", sanitize=False
    )
    document_count = fields.Integer(compute="_compute_document_count")

    @api.constrains("latitude", "longitude")
    def _check_position(self):
        for subscriber in self:
            if abs(subscriber.latitude) > 90 or abs(subscriber.longitude) > 180:
                raise ValidationError(
                    self.env._(
                        "%(latitude)s, %(longitude)s is no position: latitudes are -90 to 90, "
                        "longitudes -180 to 180 degrees.",
                        latitude=subscriber.latitude,
                        longitude=subscriber.longitude,
                    )
                )

    @api.constrains("police_partner_id", "fire_partner_id")
    def _check_authorities(self):
        labels = dict(self.env["res.partner"]._fields["alarm_authority"].selection)
        for subscriber in self:
            for partner, kind in (
                (subscriber.police_partner_id, "police"),
                (subscriber.fire_partner_id, "fire"),
            ):
                if partner and partner.alarm_authority != kind:
                    raise ValidationError(
                        self.env._(
                            "%(partner)s is not marked as %(kind)s: set its field “Authority” "
                            "first.",
                            partner=partner.display_name,
                            kind=labels[kind],
                        )
                    )

    @api.depends("site_plan_ids")
    def _compute_site_plan_count(self):
        for subscriber in self:
            subscriber.site_plan_count = len(subscriber.site_plan_ids)

    @api.depends("note_ids.active", "note_ids.expires_at")
    def _compute_current_note_ids(self):
        now = fields.Datetime.now()
        for subscriber in self:
            subscriber.current_note_ids = subscriber.note_ids.filtered(
                lambda note: note.active and (not note.expires_at or note.expires_at > now)
            )

    @api.depends(
        "note_ids.active",
        "note_ids.expires_at",
        "note_ids.text",
        "note_ids.must_acknowledge",
        "tz",
    )
    @api.depends_context("lang")
    def _compute_current_notes(self):
        for subscriber in self:
            subscriber.current_notes = Markup().join(
                subscriber._note_line(note) for note in subscriber.current_note_ids
            )

    def _note_line(self, note):
        """One note as a paragraph; its expiry in the time of the premises."""
        until = ""
        if note.expires_at:
            moment = format_datetime(self.env, note.expires_at, tz=self.tz, dt_format="short")
            until = Markup(" <span class='text-muted text-nowrap'>%s</span>") % self.env._(
                "until %s", moment
            )
        line = Markup("<div style='white-space: pre-line'>%s%s</div>")
        text = Markup("<b>%s</b>") % note.text if note.must_acknowledge else note.text
        return line % (text, until)

    def _compute_document_count(self):
        counts = dict(
            self.env["ir.attachment"]._read_group(self._documents_domain(), ["res_id"], ["__count"])
        )
        for subscriber in self:
            subscriber.document_count = counts.get(subscriber.id, 0)

    def action_view_site_plans(self):
        action = self._action_view("alarm_site_plan_action")
        if len(self.site_plan_ids) == 1:
            action |= {"views": [(False, "form")], "res_id": self.site_plan_ids.id}
        return action

    def action_view_documents(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list,form",
            "domain": self._documents_domain(),
            "context": {"default_res_model": self._name, "default_res_id": self.id},
            "help": self.env._(
                "Floor plans, acceptance records, letters: what is attached to the subscriber."
            ),
        }

    def _documents_domain(self):
        return [
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            ("res_field", "=", False),
        ]
