from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    """Merging partners moves what names them past the ORM; the histories are told all the same."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        snapshots = []
        for part, field in self.env["res.partner"]._revision_naming_fields():
            part = part.sudo().with_context(active_test=False)
            naming = part.search([(field.name, "in", src_partners.ids)])
            snapshots.append((naming, naming._revision_snapshot()))
        res = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        noted = set()
        for naming, before in snapshots:
            # One record may name them in several fields.
            new = naming.filtered(lambda record: (record._name, record.id) not in noted)
            noted.update((record._name, record.id) for record in new)
            new._revision_note_written({id_: before[id_] for id_ in new.ids})
        return res
