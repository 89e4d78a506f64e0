from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from odoo.addons.alarm_work_order.tools.pictures import is_picture

from ..tools.states import TRANSFER, TRANSFER_STATES

KINDS = [
    ("transfer_to_government", "Goes to the Government without Compensation"),
    ("transfer_to_customer", "Becomes the Customer's"),
    ("hand_back", "Handed Back to Its Owner"),
    ("return", "Returns to Us"),
    ("acceptance", "Accepted, and Stays as It Is"),
]

# After these it is somebody else's.
CHANGES_OWNER = frozenset({"transfer_to_government", "transfer_to_customer"})

PARTIES = ("ours", "theirs")

_SIGNATURES = frozenset(
    {f"{who}_signature" for who in PARTIES} | {f"{who}_signed_by" for who in PARTIES}
)


class AlarmTransferList(models.Model):
    """The equipment of a contract that ends, piece by piece: its condition, whether the other side
    accepts it, and both signatures. Then it changes hands, and our books let go of it."""

    _name = "alarm.transfer.list"
    _inherit = ["alarm.settlement.guard", "mail.thread", "mail.activity.mixin"]
    _description = "Transfer List"
    _order = "date desc, id desc"
    _check_company_auto = True

    _transitions = TRANSFER
    _verb_fields = frozenset(
        {
            "state",
            "name",
            "handed_over_on",
            "ours_signed_on",
            "theirs_signed_on",
            "acceptance_due",
            "refused_on",
        }
    )

    name = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        index=True,
        ondelete="restrict",
        # Its company is the record's: to ask for that before it is chosen would offer none.
        domain="[('business_model_id', '!=', False)]",
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    kind = fields.Selection(
        KINDS, compute="_compute_kind", store=True, readonly=False, precompute=True, required=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Other Party",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        check_company=True,
        help="Who takes the equipment over, or hands it back to us.",
    )
    date = fields.Date(
        string="Day of Transfer",
        required=True,
        default=lambda self: self.env.company._alarm_today(),
    )
    line_ids = fields.One2many("alarm.transfer.list.line", "list_id", string="Equipment")
    line_count = fields.Integer(string="Pieces", compute="_compute_counts")
    open_count = fields.Integer(string="To Inspect", compute="_compute_counts")
    rejected_count = fields.Integer(string="Rejected", compute="_compute_counts")
    ours_signature = fields.Image("Our Signature", max_width=1024, max_height=512, copy=False)
    ours_signed_by = fields.Char("Signed for Us By", copy=False)
    ours_signed_on = fields.Datetime(readonly=True, copy=False)
    theirs_signature = fields.Image(
        "Signature of the Other Party", max_width=1024, max_height=512, copy=False
    )
    theirs_signed_by = fields.Char("Signed for the Other Party By", copy=False)
    theirs_signed_on = fields.Datetime(readonly=True, copy=False)
    handed_over_on = fields.Date(readonly=True, copy=False)
    note = fields.Text()
    state = fields.Selection(
        TRANSFER_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )

    @api.depends("name")
    def _compute_display_name(self):
        """Nothing as long as it is not saved: the screen then says New."""
        for one in self:
            one.display_name = one.name if one.name != "/" else False

    @api.depends("contract_id.end_action")
    def _compute_kind(self):
        kinds = dict(KINDS)
        for one in self:
            action = one.contract_id.end_action
            one.kind = action if action in kinds else one.kind or "hand_back"

    @api.depends("contract_id", "kind")
    def _compute_partner_id(self):
        for one in self:
            one.partner_id = one._get_agreed_party()

    def _get_agreed_party(self):
        """Who takes the equipment over as the contract has it."""
        self.ensure_one()
        contract = self.contract_id
        if self.kind == "transfer_to_government":
            return contract.counterparty_id or contract.partner_id
        return contract.partner_id

    @api.depends("line_ids.acceptance")
    def _compute_counts(self):
        groups = {}
        for one, acceptance, number in self.env["alarm.transfer.list.line"]._read_group(
            [("list_id", "in", self.ids)], ["list_id", "acceptance"], ["__count"]
        ):
            groups.setdefault(one.id, {})[acceptance] = number
        for one in self:
            counts = groups.get(one.id, {})
            one.line_count = sum(counts.values())
            one.open_count = counts.get("open", 0)
            one.rejected_count = counts.get("rejected", 0)

    @api.constrains("contract_id")
    def _check_contract(self):
        # What is listed already is of the contract that was named before.
        self.line_ids._check_device()

    @api.model_create_multi
    def create(self, vals_list):
        lists = super().create(vals_list)
        for one in lists:
            one._write_by_verb(
                {
                    "name": self.env["ir.sequence"]
                    .with_company(one.company_id)
                    .next_by_code("alarm.transfer.list", one.date)
                }
            )
        return lists

    def write(self, vals):
        if not self._is_by_verb():
            self._check_writable(vals)
        result = super().write(vals)
        for who in PARTIES:
            if f"{who}_signature" in vals:
                signed = fields.Datetime.now() if vals[f"{who}_signature"] else False
                self._write_by_verb({f"{who}_signed_on": signed})
        return result

    def _check_writable(self, vals):
        signing = _SIGNATURES.intersection(vals)
        for one in self:
            allowed = one.state == "inspection" if signing else one.state in ("draft", "inspection")
            if one.state == "refused" and set(vals) - {"note"}:
                raise UserError(
                    self.env._("%s is refused: inspect it again first.", one.display_name)
                )
            if (signing or set(vals) - {"note"}) and not allowed:
                raise UserError(
                    self.env._("%s is signed: it stays as it is.", one.display_name)
                    if one.state in ("accepted", "done")
                    else self.env._("It is signed when all was inspected.")
                )
            if set(vals) - _SIGNATURES - {"note"}:
                one._check_unsigned()
        for who in PARTIES:
            image = vals.get(f"{who}_signature")
            if image and not is_picture(image):
                raise UserError(self.env._("A signature is a picture: PNG, JPEG, WebP or GIF."))

    def _check_unsigned(self):
        """Who signs second signs what the first one signed."""
        for one in self:
            if one.ours_signature or one.theirs_signature:
                raise UserError(
                    self.env._(
                        "%s is signed by one side: take the signature out before it is changed.",
                        one.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("A transfer list that was begun stays."))

    def action_fill(self):
        """List the pieces that stand under the contract and are not listed yet."""
        self.check_access("write")
        for one in self:
            if one.state != "draft":
                raise UserError(self.env._("Pieces are listed before the inspection begins."))
            devices = one._get_devices() - one.line_ids.device_id
            self.env["alarm.transfer.list.line"].create(
                [one._prepare_line(device) for device in devices.sorted("display_name")]
            )
        return True

    def _get_devices(self):
        self.ensure_one()
        devices = self.contract_id._get_equipment()
        if self.kind in CHANGES_OWNER or self.kind == "return":
            # Only what is ours can be given, or come back.
            return devices.filtered(lambda device: device.ownership == "leased")
        return devices

    def _prepare_line(self, device):
        return {
            "list_id": self.id,
            "device_id": device.id,
            "condition": "missing" if device.state == "lost" else "good",
        }

    def action_inspect(self):
        """Go through it piece by piece."""
        self.check_access("write")
        for one in self:
            if not one.line_ids:
                raise UserError(self.env._("%s lists nothing.", one.display_name))
        return self._transition("inspect")

    def action_accept_pieces(self):
        """All that nobody has decided on yet; what is missing cannot be accepted."""
        return self.line_ids.filtered(
            lambda line: line.acceptance == "open" and line.condition != "missing"
        ).action_accept()

    def action_accept(self):
        """Both sides have signed what was inspected."""
        self.check_access("write")
        for one in self:
            one._check_acceptable()
        return self._transition("accept")

    def _check_acceptable(self):
        open_lines = self.line_ids.filtered(lambda line: line.acceptance == "open")
        if open_lines:
            raise UserError(
                self.env._(
                    "Not inspected yet: %s.",
                    ", ".join(line.display_name for line in open_lines[:10]),
                )
            )
        if not (self.ours_signature and self.ours_signed_by):
            raise UserError(self.env._("We have not signed yet."))
        if not (self.theirs_signature and self.theirs_signed_by):
            raise UserError(self.env._("The other party has not signed yet."))

    def action_reopen(self):
        """Something was wrong: what is signed next is another state of things."""
        self.check_access("write")
        self._transition("reopen")
        return self._write_by_verb(
            {f"{who}_{what}": False for who in PARTIES for what in ("signature", "signed_by")}
        )

    def action_hand_over(self):
        """What was accepted changes hands."""
        self.check_access("write")
        for one in self:
            one._check_day()
            accepted = one.line_ids.filtered(lambda line: line.acceptance == "accepted")
            if one.kind in CHANGES_OWNER:
                one._check_may_give()
                one._check_still_there(accepted.device_id)
            one._transition("hand_over", handed_over_on=one.date)
            if one.kind in CHANGES_OWNER:
                one._give(accepted.device_id)
        return True

    def _check_day(self):
        """The books are kept until today: what is given later is depreciated until then."""
        if self.date > self.company_id._alarm_today():
            raise UserError(
                self.env._(
                    "%(list)s is dated %(day)s: it is handed over on that day, not before.",
                    list=self.display_name,
                    day=format_date(self.env, self.date),
                )
            )

    def _check_may_give(self):
        """What the contract says of its end, a clerk does when it has ended. Whatever else is given
        away, a contract manager gives, who may also sell it."""
        manager = "alarm_contract.group_contract_manager"
        if self._is_agreed() or self.env.su or self.env.user.has_group(manager):
            return
        raise AccessError(
            self.env._(
                "%(list)s gives away what %(contract)s does not, or not yet: a contract manager "
                "hands it over.",
                list=self.display_name,
                contract=self.contract_id.display_name,
            )
        )

    def _is_agreed(self):
        """Whether the contract has ended and gives its equipment to this party."""
        self.ensure_one()
        contract = self.contract_id
        return (
            contract.alarm_state == "ended"
            and self.kind == contract.end_action
            and self.partner_id == self._get_agreed_party()
        )

    def _check_still_there(self, devices):
        """What was listed may have gone since: back to the stock, under another contract, lost."""
        # As the machinery sees it, whoever hands over.
        known = self.sudo()._get_devices()
        gone = devices.sudo().filtered(
            lambda device: device not in known or device.state in ("lost", "scrapped")
        )
        if gone:
            raise UserError(
                self.env._(
                    "%(device)s cannot be handed over: it is not leased under %(contract)s any "
                    "more.",
                    device=", ".join(gone.mapped("display_name")),
                    contract=self.contract_id.display_name,
                )
            )

    def _give(self, devices):
        """These are the other party's now. Where they are assets of ours, the books let go of
        them."""
        self.ensure_one()
        # By the machinery: a clerk who may hand over by contract keeps neither the stock nor the
        # register. Which pieces, both sides have signed.
        devices.sudo().write({"ownership": "sold", "owner_id": self.partner_id.id})

    def _get_reason(self):
        """Why they leave our books, in words."""
        self.ensure_one()
        return self.env._(
            "Transfer list %(name)s of %(contract)s",
            name=self.name,
            contract=self.contract_id.display_name,
        )
