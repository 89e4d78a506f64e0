from odoo import api, models
from odoo.exceptions import UserError

from ..tools.contract_states import IN_FORCE, TRANSITIONS

# What only a verb may set.
VERB_FIELDS = frozenset({"alarm_state", "signed_on", "live_on", "renewed_until"})


class ContractContract(models.Model):
    """The life of a contract: draft → signed → running ⇄ suspended → under notice → ended."""

    _inherit = "contract.contract"

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default may give what only a verb may set.
        values = super().default_get(fields)
        for name in VERB_FIELDS.intersection(values):
            values[name] = "draft" if name == "alarm_state" else False
        return values

    @api.model_create_multi
    def create(self, vals_list):
        self._check_by_verb(VERB_FIELDS.intersection(set().union(*vals_list)))
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_verb(VERB_FIELDS.intersection(vals))
        if "active" in vals and not vals["active"]:
            self._check_charges_no_more()
        return super().write(vals)

    def _check_charges_no_more(self):
        """Who is archived is found by no billing run: only what owes nothing any more may be."""
        labels = dict(self._fields["alarm_state"]._description_selection(self.env))
        for contract in self.filtered("business_model_id"):
            over = contract.alarm_state == "draft" or (
                contract.alarm_state == "ended"
                and not contract.recurring_next_date
                and not contract.charge_ids.filtered(lambda charge: charge._is_open())
            )
            if not over:
                raise UserError(
                    self.env._(
                        "%(contract)s is %(state)s and has still to charge something: a contract "
                        "is archived when it has ended and all of it is invoiced.",
                        contract=" ".join(filter(None, (contract.code, contract.name))),
                        state=labels[contract.alarm_state],
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        for contract in self:
            if contract.business_model_id and contract.alarm_state != "draft":
                raise UserError(
                    self.env._("%s was signed: it ends, but is not deleted.", contract.display_name)
                )

    def action_sign(self):
        """Both parties have signed: what begins with the signature begins, and may be charged."""
        self.check_access("write")
        return self._action_sign(self.company_id._alarm_today())

    def action_start(self):
        """The service begins: so do the fees that begin with it."""
        self.check_access("write")
        return self._action_start(self.company_id._alarm_today())

    def _action_sign(self, date):
        for contract in self:
            if not contract.business_model_id:
                raise UserError(
                    self.env._("%s follows no business model yet.", contract.display_name)
                )
        self._transition("sign", signed_on=date)
        self._add_deposit_lines(date)
        self.contract_line_ids.filtered(
            lambda line: line.waiting and line.begins == "signature"
        )._begin(date)
        return True

    def _action_start(self, date, subscribers=None):
        """The service begins on `date`; when it begins at some of the sites only, `subscribers`
        are these. Fees that name a site begin with it, the others with the first one."""
        begun = self.filtered(lambda contract: contract.alarm_state in IN_FORCE)
        for start, contracts in (self - begun).grouped("term_start").items():
            contracts._transition("start", live_on=date, term_start=start or date)
        self.contract_line_ids.filtered(
            lambda line: line.waiting
            and line.begins == "live"
            and (subscribers is None or not line.subscriber_id or line.subscriber_id in subscribers)
        )._begin(date)
        return True

    def _transition(self, verb, **values):
        """Lead all from where they may be to where the verb leads, or say why not."""
        transition = TRANSITIONS[verb]
        self._check_transition(transition)
        return self._write_by_verb({"alarm_state": transition.target, **values})

    def _check_transition(self, transition):
        labels = dict(self._fields["alarm_state"]._description_selection(self.env))
        for contract in self:
            if contract.alarm_state not in transition.sources:
                raise UserError(
                    self.env._(
                        "%(contract)s is %(state)s and cannot become %(target)s. "
                        "Allowed from: %(sources)s.",
                        contract=contract.display_name,
                        state=labels[contract.alarm_state],
                        target=labels[transition.target],
                        sources=", ".join(
                            label for state, label in labels.items() if state in transition.sources
                        ),
                    )
                )

    def _check_by_verb(self, names):
        if names and not self._is_by_verb():
            raise UserError(
                self.env._(
                    "The state of a contract and its dates change only through its actions (sign, "
                    "start, suspend…), not by writing %s.",
                    ", ".join(sorted(names)),
                )
            )

    def _add_deposit_lines(self, date):
        """A line for the deposit that was agreed, where nobody made one."""
        lines = self.env["contract.line"]
        return lines.create(
            [
                contract._prepare_deposit_line(date)
                for contract in self
                if contract.deposit_amount > 0
                and "deposit" not in contract.contract_line_ids.mapped("charge_kind")
            ]
        )

    def _prepare_deposit_line(self, date):
        self.ensure_one()
        return {
            "contract_id": self.id,
            "charge_kind": "deposit",
            "name": self.with_context(lang=self._get_payer_lang()).env._("Deposit"),
            "quantity": 1,
            "specific_price": self.deposit_amount,
            "begins": "date",
            "date_start": date,
        }
