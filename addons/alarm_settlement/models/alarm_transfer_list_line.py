from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AlarmTransferListLine(models.Model):
    """One piece of equipment on a transfer list."""

    _name = "alarm.transfer.list.line"
    _description = "Line of a Transfer List"
    _order = "list_id, sequence, id"

    list_id = fields.Many2one("alarm.transfer.list", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="list_id.company_id", store=True, index=True)
    state = fields.Selection(related="list_id.state")
    sequence = fields.Integer(default=10)
    device_id = fields.Many2one(
        "alarm.device", string="Equipment", index="btree_not_null", ondelete="restrict"
    )
    name = fields.Char(
        string="What",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Also what has no card: cables, a rack, documents.",
    )
    serial = fields.Char(related="device_id.serial", string="Serial Number")
    subscriber_id = fields.Many2one(related="device_id.subscriber_id", string="Stands At")
    quantity = fields.Float(default=1.0, required=True)
    condition = fields.Selection(
        [
            ("good", "Good"),
            ("worn", "Worn, Works"),
            ("defective", "Defective"),
            ("missing", "Missing"),
        ],
        required=True,
        default="good",
    )
    acceptance = fields.Selection(
        [("open", "Open"), ("accepted", "Accepted"), ("rejected", "Rejected")],
        required=True,
        default="open",
        copy=False,
    )
    remark = fields.Char(copy=False)
    inspected_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    inspected_on = fields.Datetime(readonly=True, copy=False)

    _device_uniq = models.UniqueIndex(
        "(list_id, device_id) WHERE device_id IS NOT NULL", "This piece is on the list already."
    )

    @api.depends("device_id")
    def _compute_name(self):
        for line in self:
            device = line.device_id
            line.name = device.product_id.display_name or device.name or line.name

    @api.constrains("list_id", "device_id")
    def _check_device(self):
        """Signed away is only what stands under the contract, whoever lists it."""
        for transfer, lines in self.filtered("device_id").sudo().grouped("list_id").items():
            known = transfer.contract_id._get_equipment().filtered(
                lambda device, transfer=transfer: device.company_id == transfer.company_id
            )
            strange = lines.device_id - known
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(device)s does not stand under the contract %(contract)s.",
                        device=strange[0].display_name,
                        contract=transfer.contract_id.display_name,
                    )
                )

    @api.constrains("acceptance", "condition", "remark")
    def _check_acceptance(self):
        for line in self:
            if line.acceptance == "accepted" and line.condition == "missing":
                raise ValidationError(
                    self.env._("%s is missing: it cannot be accepted.", line.display_name)
                )
            if line.acceptance == "rejected" and not line.remark:
                raise ValidationError(
                    self.env._("Say in the remark why %s is rejected.", line.display_name)
                )

    @api.depends("name", "serial")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " ".join(filter(None, (line.name, line.serial)))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_state({"device_id"})
        if any(line.acceptance != "open" for line in lines):
            lines._check_state({"acceptance"})
        return lines

    def write(self, vals):
        self._check_state(vals)
        if "acceptance" in vals:
            vals = {
                **vals,
                "inspected_by_id": vals["acceptance"] != "open" and self.env.uid,
                "inspected_on": vals["acceptance"] != "open" and fields.Datetime.now(),
            }
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_state({"device_id"})

    def _check_state(self, names):
        """Pieces are listed in the draft; the inspection says their condition and acceptance."""
        inspection = {"condition", "acceptance", "remark"}
        for line in self:
            if line.state == "draft" and "acceptance" not in names:
                continue
            if line.state == "inspection" and inspection.issuperset(names):
                line.list_id._check_unsigned()
                continue
            raise UserError(
                self.env._("It is inspected when the list is complete.")
                if line.state == "draft"
                else self.env._("%s stays as it was listed and signed.", line.display_name)
            )

    def action_accept(self):
        return self.write({"acceptance": "accepted"})
