from odoo import api, models


class AlarmEvidenceCheck(models.Model):
    """Evidence that was tampered with is somebody's matter at once."""

    _inherit = "alarm.evidence.check"

    @api.model
    def _on_broken(self, check, text):
        res = super()._on_broken(check, text)
        incident, new = self.env["alarm.incident"]._raise_matter(
            f"evidence:{check.ledger or 'seal'}", "evidence", text[:200], priority="2"
        )
        if not new:
            incident._log("note", text[:2000])
        return res
