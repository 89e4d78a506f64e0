import logging

from odoo import Command, api, fields, models
from odoo.tools import SQL, split_every

from ..tools import dunning

_logger = logging.getLogger(__name__)

FEE_STATES = [
    ("none", "No Contract"),
    ("ok", "In Order"),
    ("reminded", "Reminded"),
    ("call", "Call About Payment"),
    ("notice", "Notice Given"),
    ("log_only", "Log-Only"),
]

_BATCH = 100


class ContractContract(models.Model):
    """What follows from an overdue fee, in steps: remind, call, notice with a period, log-only
    monitoring, and back as soon as it is paid. Nobody is ever dropped in silence: each step is on
    record, and one that fails stays on the list until it is done."""

    _inherit = "contract.contract"

    fee_state = fields.Selection(
        FEE_STATES,
        string="Dunning State",
        required=True,
        readonly=True,
        default="ok",
        copy=False,
        index=True,
        tracking=True,
    )
    dunning_level_id = fields.Many2one(
        "alarm.dunning.level", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip
    dunning_since = fields.Date(readonly=True, copy=False, help="Day of the first step.")
    log_only_on = fields.Date(
        string="Log-Only From",
        readonly=True,
        copy=False,
        help="The first day on which signals are only logged, once the notice was delivered.",
    )
    overdue_amount = fields.Monetary(string="Overdue", readonly=True, copy=False)
    overdue_since = fields.Date(readonly=True, copy=False, index=True)
    dunning_paused_until = fields.Date(readonly=True, copy=False, tracking=True)
    dunning_pause_reason = fields.Text(
        readonly=True, copy=False, tracking=True, groups="base.group_user"
    )
    dunning_error = fields.Text(
        readonly=True, copy=False, groups="base.group_user", help="Why the last run failed."
    )
    dunning_step_ids = fields.One2many("alarm.dunning.step", "contract_id", string="Dunning")
    may_go_log_only = fields.Boolean(
        string="Log-Only If Unpaid",
        compute="_compute_may_go_log_only",
        store=True,
        readonly=False,
        precompute=True,
        help="Whether unpaid fees may lead to log-only monitoring. Not where somebody else than "
        "the customer pays: whoever is protected would suffer for a carrier or an authority.",
    )

    _pause_with_reason = models.Constraint(
        "CHECK(dunning_paused_until IS NULL OR length(trim(dunning_pause_reason)) > 0)",
        "A pause of dunning has a reason.",
    )

    @api.depends("payer")
    def _compute_may_go_log_only(self):
        for contract in self:
            contract.may_go_log_only = contract.payer in (False, "customer", "users")

    @api.model
    def default_get(self, fields):
        # Neither does a context or a user's own default say it.
        values = super().default_get(fields)
        clean = self._without_dunning(values)
        return {**clean, "fee_state": "ok"} if "fee_state" in values else clean

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_dunning(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(vals if self.env.su else self._without_dunning(vals))

    @api.model
    def _without_dunning(self, vals):
        # What the machinery found out is not for anybody to say.
        own = {name for name in vals if name in self._dunning_fields()}
        return {name: value for name, value in vals.items() if name not in own} if own else vals

    @api.model
    def _dunning_fields(self):
        return {
            "fee_state",
            "dunning_level_id",
            "dunning_since",
            "log_only_on",
            "overdue_amount",
            "overdue_since",
            "dunning_paused_until",
            "dunning_pause_reason",
            "dunning_error",
        }

    def action_pause_dunning(self):
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_dunning_pause_action"
        )
        return action | {"context": {"default_contract_ids": self.ids}}

    def action_resume_dunning(self):
        self.check_access("write")
        self.sudo().write({"dunning_paused_until": False, "dunning_pause_reason": False})
        return True

    def _pause_dunning(self, until, reason):
        """No further step until `until`. What was done stays as it is."""
        self.check_access("write")
        self.sudo().write({"dunning_paused_until": until, "dunning_pause_reason": reason})

    @api.model
    def _dun_daily(self):
        """Scheduled job: every step that is due, every one that failed, every way back."""
        todo = []
        for day, companies in self.env["res.company"]._alarm_days().items():
            if serving := companies.filtered("active"):
                theirs = self.with_context(allowed_company_ids=serving.ids)
                ids = theirs._to_dun(day)
                todo += [(theirs.browse(some), day) for some in split_every(_BATCH, ids)]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=sum(len(some) for some, _day in todo))
        for some, day in todo:
            some._dun_batch(day)
            if not cron._commit_progress(len(some)):
                break

    def _dun_batch(self, date):
        """As `_dun`; if something is wrong with one contract, the others go on without it, and it
        is listed with the reason."""
        try:
            with self.env.cr.savepoint():
                self._dun(date)
            return
        except Exception as error:
            self.invalidate_recordset()
            if len(self) == 1:
                _logger.exception("Dunning of contract %s failed", self.id)
                self.dunning_error = str(error) or type(error).__name__
                return
        for contract in self:
            contract._dun_batch(date)

    @api.model
    def _to_dun(self, date):
        """Ids of the contracts of the present companies where something is overdue, or was until
        now."""
        theirs = ("company_id", "in", self.env.companies.ids)
        overdue = self._overdue_items(date)
        steps = self.env["alarm.dunning.step"]._read_group(
            [("closed_on", "=", False), ("contract_id", "any", [theirs])], ["contract_id"]
        )
        states = self.search(
            [
                theirs,
                "|",
                ("fee_state", "not in", ("ok", "none")),
                ("overdue_since", "!=", False),
            ]
        ).ids
        switches = self.env["alarm.dunning.switch"]._read_group(
            [("state", "=", "on"), ("contract_id", "any", [theirs])], ["contract_id"]
        )
        known = {contract.id for [contract] in (*steps, *switches)}
        return sorted({*overdue, *known, *states})

    def _dun(self, date):
        """Take the steps that are due on `date`, at most one for each payer of a contract. One
        that somebody works on at this moment is left for the next time."""
        contracts = self.try_lock_for_update(allow_referencing=True)
        items = contracts._overdue_items(date, contracts)
        steps = contracts._open_steps()
        contracts._settle_dunning(date, items)
        steps._check_delivery(date)
        contracts._open_steps()._check_tasks(date)
        for contract in contracts:
            paused = contract.dunning_paused_until and date <= contract.dunning_paused_until
            if not paused:
                for owed in dunning.by_payer(items.get(contract.id, [])):
                    contract._dun_payer(owed, date)
        contracts._show_dunning(date, items)
        return True

    def _dun_payer(self, owed, date):
        """The step that is due about what one payer owes."""
        ids = {item.id for item in owed}
        open_steps = self._open_steps().filtered(lambda step: not ids.isdisjoint(step.item_ids.ids))
        if failed := open_steps.filtered(lambda step: step.state == "failed"):
            # Nothing graver before what failed was done. What a person was asked to do is his:
            # an address from which mails come back is not written to every few hours.
            first = failed.sorted("id")[0]
            if not first.activity_id.active:
                first._try(date)
            return
        open_steps._try_others(date)
        level = dunning.due_step(self._ladder_levels(), owed, open_steps._as_steps(), date)
        if level:
            self._take_step(level, owed, date)

    def _open_steps(self):
        """The steps about debts that are not all paid."""
        return self.env["alarm.dunning.step"].search(
            [("contract_id", "in", self.ids), ("closed_on", "=", False)]
        )

    def _ladder_levels(self):
        """The ladder; without log-only where nobody is to be cut off by a debt."""
        self.ensure_one()
        levels = self.env["alarm.dunning.level"]._ladder(self.company_id)
        return [
            level._as_level()
            for level in levels
            if level.action != "log_only" or self.may_go_log_only
        ]

    def _take_step(self, level, items, date):
        step = self.env["alarm.dunning.step"].create(self._prepare_step(level, items, date))
        step._try(date)
        return step

    def _prepare_step(self, level, items, date):
        record = self.env["alarm.dunning.level"].browse(level.id)
        lines = self.env["account.move.line"].browse(item.id for item in items)
        return {
            "contract_id": self.id,
            "level_id": level.id,
            "action": level.action,
            "days": level.days,
            "notice_days": level.notice_days,
            "legal_text": record.with_context(lang=self._payer_of(lines).lang).legal_text,
            "on": date,
            "amount": sum(item.amount for item in items),
            "currency_id": self.currency_id.id,
            "item_ids": [Command.set(lines.ids)],
        }

    def _payer(self):
        self.ensure_one()
        return self.invoice_partner_id or self.partner_id

    def _payer_of(self, items):
        """Who owes these items of one payer: whoever their invoices were made out to. Where that
        is the payer still, the contact that he names now."""
        self.ensure_one()
        payer, billed = self._payer(), items.move_id.partner_id[:1]
        same = not billed or billed.commercial_partner_id == payer.commercial_partner_id
        return payer if same else billed

    def _settle_dunning(self, date, items):
        """Close the steps of which nothing is unpaid any more, and lead everybody back whose
        log-only monitoring has lost its reason."""
        for contract in self:
            owed = items.get(contract.id, [])
            unpaid = {item.id for item in owed}
            steps = contract._open_steps()
            paid = steps.filtered(lambda step, unpaid=unpaid: not unpaid & set(step.item_ids.ids))
            paid._close(date)
            # Also those of steps that are closed: leading back may have failed.
            switches = self.env["alarm.dunning.switch"].search(
                [("contract_id", "=", contract.id), ("state", "=", "on")]
            )
            for payer, ofs in switches.grouped(lambda one: one.step_id.payer_id).items():
                # Nobody stays cut off for what another payer owes.
                payer_id = payer.commercial_partner_id.id
                items_of = [item for item in owed if item.payer == payer_id]
                minimum = min(ofs.step_id.mapped("level_id.minimum"))
                if not dunning.may_stay_log_only(items_of, steps._as_steps(), minimum):
                    ofs._switch_back(date)

    def _show_dunning(self, date, items):
        """Keep on the contract what everybody asks for: how far it is, since when, how much."""
        changed = self.browse()
        for contract in self:
            owed = items.get(contract.id, [])
            steps = contract._open_steps()
            values = contract._prepare_dunning(owed, steps)
            if values["fee_state"] != contract.fee_state:
                changed |= contract
            values = {
                name: value
                for name, value in values.items()
                if contract._fields[name].convert_to_write(contract[name], contract) != value
            }
            if values:
                contract.sudo().write(values)
        changed.subscriber_ids._on_fee_state_changed()

    def _prepare_dunning(self, items, steps):
        self.ensure_one()
        done = steps.filtered(lambda step: step.state in ("done", "waiting"))
        stands = done._as_steps()
        last = done.sorted(lambda step: (step.days, step.id))[-1:]
        end = dunning.first_notice_end(stands, items)
        log_only = end and any(level.action == "log_only" for level in self._ladder_levels())
        return {
            "fee_state": dunning.state_of(items, stands),
            "dunning_level_id": last.level_id.id,
            "dunning_since": min(done.mapped("on"), default=False),
            "log_only_on": fields.Date.add(end, days=1) if log_only else False,
            "overdue_amount": self.currency_id.round(sum(item.amount for item in items)),
            "overdue_since": min((item.due for item in items), default=False),
            "dunning_error": False,
        }

    def _dun_after_payment(self):
        """Something of these contracts was paid just now: who is in order again is led back at
        once, without waiting for the job. Whatever goes wrong here stops no payment; the job does
        it again."""
        date = self.company_id._alarm_today()
        concerned = self.sudo().filtered(
            lambda contract: contract.fee_state != "ok" or contract.overdue_since
        )
        if not concerned:
            return
        items = concerned._overdue_items(date, concerned)
        concerned._settle_dunning(date, items)
        concerned._show_dunning(date, items)

    def _dun_show_today(self):
        """Somebody has done a step by hand: how far it is now."""
        date = self.company_id._alarm_today()
        self._show_dunning(date, self._overdue_items(date, self))

    @api.model
    def _of_invoices(self, moves):
        """The contracts that these invoices charge, in one query."""
        self.env["alarm.charge"].flush_model(["contract_id", "move_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT contract_id FROM alarm_charge WHERE move_id = ANY(%s)",
                list(moves.ids),
            )
        )
        return self.browse(id_ for [id_] in rows)
