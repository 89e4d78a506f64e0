from odoo import api, fields, models

from odoo.addons.alarm_subscriber.tools.evidence_chain import Break, ChainKey

from ..tools.text import storable

KINDS = [
    ("begun", "Begun"),
    ("closed_together", "Closed in Bulk"),
    ("ended", "Ended"),
    ("calm", "Ended by Itself"),
]


class AlarmStormEntry(models.Model):
    """One line of what was done in a storm, and a link of its chain of evidence."""

    _name = "alarm.storm.entry"
    _inherit = "alarm.evidence"
    _description = "Log Entry of a Storm of Incidents"
    _order = "id desc"
    _rec_name = "text"
    _log_access = False
    _evidence_chain = "storm_id"
    # A storm is handled whatever has become of the key file.
    _evidence_unsigned = True

    # The inverse of a one2many without a foreign key needs the model's name beside the id.
    model = fields.Char(required=True, readonly=True, default="alarm.storm")
    storm_id = fields.Many2oneReference(
        model_field="model", required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    text = fields.Text(readonly=True)
    count = fields.Integer("Incidents", readonly=True, help="How many were closed.")
    author_id = fields.Integer(string="Author's Id", required=True, readonly=True)
    author = fields.Char(required=True, readonly=True)

    _place_uniq = models.UniqueIndex("(storm_id, strand, seq)")

    @api.model
    def _log(self, storms, kind, text, count=0):
        """Add one entry to each of the storms; the author is the environment's user."""
        self._append(
            [
                {
                    "model": "alarm.storm",
                    "storm_id": storm.id,
                    "company_key": storm.company_id.id,
                    "kind": kind,
                    "text": storable(text or None),
                    "count": count,
                    "author_id": self.env.uid,
                    "author": self.env.user.name,
                }
                for storm in storms
            ]
        )
        storms.invalidate_recordset(["entry_ids"])

    @api.model
    def _absent_chains(self, lower, upper, known):
        """Every storm is logged from its beginning on."""
        self.env.cr.execute(
            "SELECT id FROM alarm_storm WHERE id BETWEEN %s AND %s AND id <> ALL(%s)",
            [lower, upper, [key.chain for key in known]],
        )
        return [Break(ChainKey(self._name, id_), 1, "absent") for [id_] in self.env.cr.fetchall()]

    @api.model
    def _chain_name(self, chain):
        storm = self.env["alarm.storm"].browse(chain).exists()
        return storm.display_name or super()._chain_name(chain)

    @api.model
    def _chain_company(self, chain):
        return self.env["alarm.storm"].browse(chain).exists().company_id.id or 0
