from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

NOTE_KINDS = [("special", "Special"), ("expiring", "Expiring"), ("standing", "Standing")]


class AlarmSubscriberNote(models.Model):
    """What a dispatcher has to know of the premises: for good, for a while, or before all else."""

    _name = "alarm.subscriber.note"
    _inherit = "alarm.subscriber.part"
    _description = "Note on a Subscriber"
    _order = "subscriber_id, must_acknowledge desc, kind desc, id desc"
    _check_company_auto = True

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="subscriber_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        NOTE_KINDS,
        string="Type",
        default="standing",
        required=True,
        help="Standing: holds until it is archived. Expiring: vanishes by itself. "
        "Special: has to be read before anything else is done.",
    )
    text = fields.Text(required=True)
    expires_at = fields.Datetime(
        string="Expires",
        index="btree_not_null",
        help="From this moment on dispatchers do not see the note any more.",
    )
    must_acknowledge = fields.Boolean(
        string="Must Be Acknowledged",
        compute="_compute_must_acknowledge",
        store=True,
        readonly=False,
        precompute=True,
        help="A dispatcher confirms having read it at every incident.",
    )
    expired = fields.Boolean(compute="_compute_expired", search="_search_expired")
    active = fields.Boolean(default=True)

    @api.constrains("kind", "expires_at")
    def _check_expiry(self):
        for note in self:
            if note.kind == "expiring" and not note.expires_at:
                raise ValidationError(
                    self.env._(
                        "The expiring note “%s” does not say when it expires: give it a time, or "
                        "make it a standing note.",
                        note.display_name,
                    )
                )

    @api.depends("kind")
    def _compute_must_acknowledge(self):
        for note in self:
            note.must_acknowledge = note.must_acknowledge or note.kind == "special"

    @api.depends("expires_at")
    def _compute_expired(self):
        now = fields.Datetime.now()
        for note in self:
            note.expired = bool(note.expires_at) and note.expires_at <= now

    def _search_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("expires_at", "<=", fields.Datetime.now())
        if True in value and False in value:
            return Domain.TRUE
        return domain if True in value else ~domain | Domain("expires_at", "=", False)

    @api.depends("text")
    def _compute_display_name(self):
        for note in self:
            line = (note.text or "").strip().partition("\n")[0]
            note.display_name = line if len(line) <= 60 else f"{line[:59]}…"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for note in self:
            note.subscriber_id._check_deletable(note.display_name)
