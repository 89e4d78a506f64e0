from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

_DAY = timedelta(days=1)


class AlarmBillingCheck(models.Model):
    """One click that repairs what a row says, or opens where it is repaired."""

    _inherit = "alarm.billing.check"

    def _repair_words(self):
        """Reason -> what the button does about it."""
        return {
            "no_contract": self.env._("Make a contract"),
            "no_line": self.env._("Add the fee for this site"),
            "ended": self.env._("Go on with the fee from today"),
            "draft": self.env._("Open the contract to sign it"),
            "not_started": self.env._("Start the service today"),
            "suspended_contract": self.env._("Open the contract to reactivate it"),
            "waiting": self.env._("Let the fee begin today"),
            "nothing_counted": self.env._("Open the site to say what is counted"),
            "free": self.env._("Open the contract to agree on its fee"),
            "behind": self.env._("Charge what is due"),
            "credited": self.env._("Open what was credited to charge it again"),
            "taken_over": self.env._("Open the old premises to end their monitoring"),
            "not_live": self.env._("Let the fee wait for the service"),
            "suspended": self.env._("Open the contract to suspend it"),
            "terminated": self.env._("End the fee today, give back what was paid beyond"),
            "no_site": self.env._("Open the contract to name its sites"),
            "devices_gone": self.env._("Open the contract to end it"),
        }

    def _decision_words(self):
        """What a person decides -> why no click can do it."""
        return {
            "agree": self.env._("What it costs, and for how long, is agreed with the customer."),
            "sign": self.env._("Only the customer's signature binds him."),
            "resume": self.env._(
                "Either the fee is resumed or the monitoring suspended: the customer has ordered "
                "one of them."
            ),
            "price": self.env._(
                "The fee is for several sites together: what it costs for the rest is agreed."
            ),
            "credit": self.env._(
                "It was invoiced already: whether it is given back or credited later is agreed."
            ),
            "count": self.env._(
                "What is there and is charged for is known at the site: its zones, its detectors."
            ),
            "owed": self.env._(
                "Its invoice was cancelled or given back, and nobody said why: it is owed after "
                "all, or it is not."
            ),
            "heir": self.env._(
                "The premises have a new customer. Whether their old connection is still needed "
                "is known at the centre."
            ),
            "end": self.env._("Whether the contract ends or serves something else is agreed."),
        }

    @api.depends("reason", "contract_line_id")
    @api.depends_context("lang")
    def _compute_repair(self):
        words, decisions = self._repair_words(), self._decision_words()
        for check in self:
            decision = check._decided_by_person()
            check.decision = decisions.get(decision, "")
            check.repair = words.get(check.reason, "")
            if decision == "price":
                check.repair = self.env._("Open the contract to agree on its fee")
            elif decision == "credit":
                check.repair = self.env._("Open the contract")

    def _decided_by_person(self):
        """The kind of decision that is needed, a key of `_decision_words`; False: one click does
        it."""
        self.ensure_one()
        line = self.contract_line_id
        if self.reason in ("not_live", "terminated") and not line:
            return "price"
        if self.reason == "not_live" and line.last_date_invoiced:
            return "credit"
        return {
            "no_contract": "agree",
            "draft": "sign",
            "suspended_contract": "resume",
            "suspended": "resume",
            "nothing_counted": "count",
            "free": "agree",
            "credited": "owed",
            "taken_over": "heir",
            "no_site": "end",
            "devices_gone": "end",
        }.get(self.reason, False)

    def action_repair(self):
        """Do what `repair` says. It is the user who does it: he needs the rights for it."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "solved":
            raise UserError(self.env._("This is solved already."))
        if self.contract_id:
            self.contract_id.check_access("write")
        repair = getattr(self, f"_repair_{self.reason}", None)
        action = repair() if repair else None
        if action:
            return action
        if repair is None or action is False:
            return self._open_contract()
        self.sudo()._check(self.company_id._alarm_today())
        return True

    # Each of these returns None when it has repaired it, an action to open, or False when it can
    # only be done in the contract's form.

    def _repair_no_contract(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Contract"),
            "res_model": "contract.contract",
            "view_mode": "form",
            "views": [(self.env.ref("alarm_contract.contract_contract_view_form").id, "form")],
            "context": {
                "default_contract_type": "sale",
                "default_partner_id": self.subscriber_id.partner_id.id,
                "default_invoice_partner_id": self.subscriber_id.partner_id.id,
                "default_subscriber_ids": self.subscriber_id.ids,
                "default_company_id": self.company_id.id,
            },
        }

    def _repair_no_line(self):
        """As the fees of the contract's other sites are, if they are all alike."""
        self._check_not_taken_over()
        contract = self.contract_id
        fees = contract.contract_line_ids.filtered(
            lambda line: line.covers_monitoring and not line.is_canceled and not line.date_end
        )
        alike = {(line.product_id, line.price_unit, line.period_months) for line in fees}
        if contract.alarm_state not in ("running", "notice") or len(alike) != 1:
            return False
        self._make_fee_like(
            fees[0], subscriber_id=self.subscriber_id.id, start_cause="add_on", date_end=False
        )
        return None

    def _repair_ended(self):
        """A line that follows the last one, with its price."""
        self._check_not_taken_over()
        contract = self.contract_id
        today = self.company_id._alarm_today()
        ended = contract.contract_line_ids.filtered(
            lambda line: line.covers_monitoring
            and line.date_end
            and line.date_end < today
            and not line.is_canceled
            and line.subscriber_id in (self.subscriber_id, line.subscriber_id.browse())
        ).sorted("date_end")[-1:]
        if not ended or contract.alarm_state not in ("running", "notice"):
            return False
        paid = ended.last_date_invoiced
        ended._by_verb().successor_contract_line_id = self._make_fee_like(
            ended,
            predecessor_contract_line_id=ended.id,
            start_cause="re_sign",
            date_end=False,
            # What was paid beyond the end and not given back is not charged again.
            **({"last_date_invoiced": paid} if paid and paid >= today else {}),
        )
        return None

    def _check_not_taken_over(self):
        """What is found is as old as the last check: meanwhile somebody else may pay."""
        heir = self.env["alarm.subscriber"].search(
            [
                ("predecessor_id", "=", self.subscriber_id.id),
                ("state", "in", ("active", "suspended")),
            ],
            limit=1,
        )
        follower = self.contract_id.successor_contract_id
        if heir or follower:
            raise UserError(
                self.env._(
                    "%(site)s was taken over by %(customer)s, who is charged for it now. End the "
                    "monitoring of the old premises.",
                    site=self.subscriber_id.display_name,
                    customer=(heir or follower).partner_id.display_name,
                )
            )

    def _make_fee_like(self, line, **values):
        """A line like this one that begins today: what follows from its dates is reckoned anew."""
        [like] = line.copy_data()
        for name in (
            "anchor_date",
            "recurring_next_date",
            "last_date_invoiced",
            "successor_contract_line_id",
        ):
            like.pop(name, None)
        today = self.company_id._alarm_today()
        return line.create({**like, "date_start": today, "waiting": False, **values})

    def _repair_not_started(self):
        self.contract_id._action_start(self.company_id._alarm_today(), self.subscriber_id)

    def _repair_waiting(self):
        today = self.company_id._alarm_today()
        lines = self.contract_id.contract_line_ids.filtered(
            lambda line: line.covers_monitoring
            and (line.waiting or (line.date_start and line.date_start > today))
            and not line.is_canceled
            and not line.last_date_invoiced
            # What was suspended waits for its day, or for the customer.
            and line.start_cause != "reactivation"
            and line.subscriber_id in (self.subscriber_id, line.subscriber_id.browse())
        )
        # What follows another one begins when that one ends.
        lines = lines.filtered(lambda line: line.predecessor_contract_line_id not in lines)
        if not lines:
            return False
        lines._begin(today)
        return None

    def _repair_nothing_counted(self):
        return self.subscriber_id.get_formview_action()

    def _repair_taken_over(self):
        return self.subscriber_id.get_formview_action()

    def _repair_behind(self):
        today = self.company_id._alarm_today()
        moves = self.contract_id._charge(today)
        self.sudo().with_context(allowed_company_ids=self.company_id.ids)._check(today)
        return self.contract_id._action_view_moves(moves) if moves else False

    def _repair_credited(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("alarm_contract.alarm_charge_action")
        return action | {
            "domain": [
                ("contract_id", "=", self.contract_id.id),
                ("state", "=", "credited"),
                ("repeated_ids", "=", False),
            ],
            "context": {},
        }

    def _repair_not_live(self):
        line = self.contract_line_id
        if not line or line.last_date_invoiced:
            return False
        # Whatever it began with: now it is the service that begins it.
        line._write_by_verb({"waiting": True, "begins": "live"})
        return None

    def _repair_terminated(self):
        """The fees of the site end today, and what was paid beyond is given back; a fee of several
        sites is owed for one less."""
        contract = self.contract_id
        if self.contract_line_id:
            tomorrow = self.company_id._alarm_today() + _DAY
            lines = contract.contract_line_ids._open_from(tomorrow).filtered(
                lambda line: line.covers_monitoring and line.subscriber_id == self.subscriber_id
            )
            self.env["alarm.charge"]._add(lines._get_unused(tomorrow))
            lines._stop_before(tomorrow, "drop")
            return None
        if len(contract.subscriber_ids) < 2:
            return False
        # The price of a fee for all sites together is agreed with the customer: it is opened.
        contract._by_verb().subscriber_ids -= self.subscriber_id
        return contract.get_formview_action()

    def _open_contract(self):
        record = self.contract_id or self.subscriber_id
        return record.get_formview_action()
