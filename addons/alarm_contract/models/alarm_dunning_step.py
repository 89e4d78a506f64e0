import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.dunning import Step, may_stay_log_only
from .alarm_dunning_level import ACTIONS

_logger = logging.getLogger(__name__)

STATES = [
    ("todo", "To Do"),
    ("waiting", "On Its Way"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("void", "Not Needed Any More"),
]


class AlarmDunningStep(models.Model):
    """A step that was taken because of overdue fees, and what became of it. Steps are made by the
    machinery alone and are never deleted: that a notice was given, and when it was delivered, may
    have to be proven."""

    _name = "alarm.dunning.step"
    _description = "Dunning Step"
    _inherit = ["alarm.own.defaults"]
    _order = "id desc"
    _rec_name = "contract_id"

    contract_id = fields.Many2one(
        "contract.contract", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contract_code = fields.Char(related="contract_id.code", string="Number")
    company_id = fields.Many2one(
        "res.company", related="contract_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    # Who owes it, whoever pays for the contract later.
    payer_id = fields.Many2one(
        "res.partner",
        compute="_compute_payer_id",
        store=True,
        string="Payer",
        index="btree_not_null",
        ondelete="restrict",
    )
    level_id = fields.Many2one(
        "alarm.dunning.level", required=True, readonly=True, index=True, ondelete="restrict"
    )
    # As they were when the step was taken, whatever the level says later.
    action = fields.Selection(ACTIONS, required=True, readonly=True)
    days = fields.Integer(readonly=True)
    notice_days = fields.Integer(string="Notice Period (Days)", readonly=True)
    legal_text = fields.Html(readonly=True)
    on = fields.Date(string="Day", required=True, readonly=True, index=True)
    amount = fields.Monetary(string="Overdue", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    item_ids = fields.Many2many(
        "account.move.line",
        "alarm_dunning_step_item_rel",
        "step_id",
        "line_id",
        string="Overdue Items",
        readonly=True,
        help="What the step was about. It counts as long as something of this is unpaid.",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="todo", index=True)
    error = fields.Text(string="Why It Failed", readonly=True)
    tries = fields.Integer(readonly=True)
    delivered_on = fields.Date(readonly=True, help="When the notice reached the customer.")
    delivery_note = fields.Char(readonly=True, help="How it was delivered, by whom it was noted.")
    notice_until = fields.Date(
        string="Last Day of the Period", compute="_compute_notice_until", store=True
    )
    letter_id = fields.Many2one("ir.attachment", readonly=True, copy=False, ondelete="restrict")
    message_id = fields.Many2one("mail.message", readonly=True, copy=False, ondelete="set null")
    activity_id = fields.Many2one(
        "mail.activity",
        string="Task",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    switch_ids = fields.One2many("alarm.dunning.switch", "step_id", string="Subscribers")
    closed_on = fields.Date(
        string="Paid On", readonly=True, index=True, help="Since then nothing of it is unpaid."
    )

    @api.depends("contract_id", "item_ids")
    def _compute_payer_id(self):
        for step in self:
            step.payer_id = step.contract_id._payer_of(step.item_ids)

    @api.depends("delivered_on", "notice_days")
    def _compute_notice_until(self):
        for step in self:
            step.notice_until = step.delivered_on and fields.Date.add(
                step.delivered_on, days=step.notice_days
            )

    @api.depends("action", "contract_id")
    def _compute_display_name(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        for step in self:
            step.display_name = f"{labels.get(step.action, '')}: {step.contract_id.display_name}"

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Dunning steps are on record for good."))

    def action_retry(self):
        """Try now what failed, instead of waiting for the next run."""
        self.contract_id.check_access("write")
        for step in self:
            if step.state != "failed":
                raise UserError(self.env._("%s has not failed.", step.display_name))
            step.sudo()._try(self.company_id._alarm_today())
            step.sudo().contract_id._dun_show_today()
        return True

    def action_delivered(self):
        """Note that it was delivered by other means: by post, by hand, by telephone."""
        self.contract_id.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_dunning_delivery_action"
        )
        return action | {"context": {"default_step_ids": self.ids}}

    def action_open_contract(self):
        self.ensure_one()
        return self.contract_id.get_formview_action()

    def _note_delivery(self, date, how):
        """It was delivered on `date`, as a clerk says."""
        self.contract_id.check_access("write")
        today = self.company_id._alarm_today()
        if not (how or "").strip():
            raise UserError(self.env._("Say how it was delivered."))
        for step in self:
            if step.action == "log_only":
                raise UserError(self.env._("Log-only monitoring is nothing to deliver."))
            if step.state not in ("waiting", "failed"):
                raise UserError(self.env._("%s is not waiting.", step.display_name))
            if not step.on <= date <= today:
                raise UserError(
                    self.env._(
                        "It can have been delivered from %(first)s to today, not on %(day)s.",
                        first=format_date(self.env, step.on),
                        day=format_date(self.env, date),
                    )
                )
            step = step.sudo()
            if step.action == "notice" and not step.letter_id:
                step._print_letter()
            step.write(
                {
                    "state": "done",
                    "error": False,
                    "delivered_on": date,
                    "delivery_note": f"{how.strip()} ({self.env.user.name})",
                }
            )
            step._end_task(how.strip())
            step.contract_id._dun_show_today()

    def _as_steps(self):
        """As the rules see them: what failed was not taken."""
        return [
            Step(
                step.action,
                step.days,
                step.on,
                frozenset(step.item_ids.ids),
                step.delivered_on or None,
                step.notice_days,
            )
            for step in self
            if step.state in ("done", "waiting")
        ]

    def _try(self, date):
        """Carry the step out; a failure is kept with its reason and tried again by the job."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                state = getattr(self, f"_carry_out_{self.action}")(date)
                # The day on which it was really done: the distance to the next step counts from
                # it.
                self.write({"state": state, "tries": self.tries + 1, "on": date})
                self.error = self._switch_errors() or False
        except Exception as error:
            self.invalidate_recordset()
            if not isinstance(error, UserError):
                _logger.warning("Dunning of contract %s failed", self.contract_id.id, exc_info=True)
            self.write(
                {
                    "state": "failed",
                    "error": str(error) or type(error).__name__,
                    "tries": self.tries + 1,
                }
            )
            if not self.payer_id.email:
                self._ask_where_no_mail_goes(date)

    def _try_others(self, date):
        """Look again at subscribers that could not be switched, or were not to be."""
        for step in self.filtered(lambda step: step.action == "log_only"):
            if not step._untried_switches():
                continue
            try:
                step._check_log_only(date)
            except UserError as error:
                # Said on the step; nobody is suspended, and it is looked at again.
                step.error = str(error)
                continue
            step._try_switches(date)
            step.error = step._switch_errors() or False

    def _carry_out_remind(self, date):
        self._mail()
        return "waiting"

    def _carry_out_notice(self, date):
        self._check_unallocated()
        self._print_letter()
        if not self.payer_id.email:
            # To be posted; the period begins when somebody notes that it was delivered.
            self._ask_clerk(date)
            return "waiting"
        self._mail(self.letter_id)
        return "waiting"

    def _carry_out_log_only(self, date):
        self._check_log_only(date)
        self._make_switches()
        self._try_switches(date)
        if self.switch_ids.filtered(lambda one: one.state == "on"):
            self._tell_payer()
        return "done"

    def _tell_payer(self):
        """The payer hears of it, where he can be written to; that he cannot undoes nothing."""
        if self.payer_id.email and self.level_id.template_id:
            self._post_mail(self.level_id.template_id)

    def _check_log_only(self, date):
        """All that has to hold on the day on which somebody is cut off, whenever the step itself
        was taken: since then a notice may have been paid off."""
        contract = self.contract_id
        if not contract.may_go_log_only:
            raise UserError(self.env._("Unpaid fees of this contract cut nobody off."))
        self._check_unallocated()
        self._check_notice(date)
        named = set(self.item_ids.ids)
        items = contract._overdue_items(date, contract).get(contract.id, [])
        # Of this payer, whatever another one owes.
        items = [item for item in items if item.id in named]
        steps = contract._open_steps()._as_steps()
        if not may_stay_log_only(items, steps, self.level_id.minimum):
            raise UserError(self.env._("What the notice named is paid, or all but a remainder."))

    def _check_notice(self, date):
        """No one is cut off without a notice on record that was delivered, about something that is
        still unpaid, and whose whole period is over. The rules have said so already; what lives
        hang on is checked once more where it is done."""
        items = self.item_ids
        notices = self.contract_id._open_steps().filtered(
            lambda step: step.action == "notice" and step.item_ids & items
        )
        if not notices or not all(notices.mapped("letter_id")):
            raise UserError(self.env._("There is no notice on record."))
        if not all(notice.notice_until and notice.notice_until < date for notice in notices):
            raise UserError(self.env._("The period of the notice is not over."))

    def _check_unallocated(self):
        """Who has paid is not warned because accounts has not allocated it yet."""
        paid = self.contract_id._unallocated_payments(self.payer_id)
        owed = self.currency_id._convert(
            self.amount, self.company_id.currency_id, self.company_id, self.on
        )
        if paid and self.company_id.currency_id.compare_amounts(paid, owed) >= 0:
            raise UserError(
                self.env._(
                    "The payer has payments of %s that are not allocated. Allocate them first.",
                    self.company_id.currency_id.format(paid),
                )
            )

    def _clerk(self):
        """Who calls: the contract's own clerk, or the first one of the company."""
        contract = self.contract_id
        if contract.user_id.active and contract.user_id.has_group("alarm_contract.group_clerk"):
            return contract.user_id
        group = self.env.ref("alarm_contract.group_clerk")
        clerks = group.sudo().all_user_ids.filtered(
            lambda user: user.active and contract.company_id in user.company_ids and not user.share
        )
        if not clerks:
            raise UserError(self.env._("There is no contract clerk who could call."))
        return clerks.sorted("id")[0]

    def _mail(self, attachment=None):
        """Write to the payer; Odoo follows up whether it arrives."""
        # A job meets it, somebody else reads it on the step.
        lang = self.contract_id.user_id.lang or self.company_id.partner_id.lang or self.env.lang
        worded = self.with_context(lang=lang).env
        if not self.payer_id.email:
            raise UserError(worded._("%s has no e-mail address.", self.payer_id.display_name))
        template = self.level_id.template_id
        if not template:
            raise UserError(worded._("Level “%s” has no e-mail.", self.level_id.name))
        self._post_mail(template, attachment)

    def _post_mail(self, template, attachment=None):
        lang = self.payer_id.lang or self.env.lang
        worded = template.with_context(lang=lang)
        mine = self.with_context(lang=lang)
        subject = worded._render_field("subject", mine.ids, set_lang=lang)[self.id]
        body = worded._render_field(
            "body_html", mine.ids, set_lang=lang, options={"post_process": True}
        )[self.id]
        self.message_id = self.contract_id.message_post(
            subject=subject,
            body=body,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            partner_ids=self.payer_id.ids,
            attachment_ids=attachment.ids if attachment else [],
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
        )

    def _print_letter(self):
        """The letter of the notice, as it was sent."""
        if self.letter_id:
            return
        lang = self.payer_id.lang or self.env.lang
        report = self.env["ir.actions.report"].with_context(lang=lang)
        content, kind = report._render_qweb_pdf("alarm_contract.report_dunning_letter", self.ids)
        code = self.contract_id.code or self.contract_id.id
        self.letter_id = self.env["ir.attachment"].create(
            {
                "name": f"{self.with_context(lang=lang)._letter_title()} {code}.{kind}",
                "datas": base64.b64encode(content),
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _letter_title(self):
        return self.env._("Notice of Overdue Fees")

    def _letter_lang(self):
        return self.payer_id.lang or self.env.lang

    def _words_of_amount(self):
        """What the contract owed when the step was taken, in the reader's way to write it."""
        return self.currency_id.format(self.amount)

    def _letter_rows(self):
        """What is unpaid, by invoice: ``[{"name", "due", "amount"}]``."""
        lang = self._letter_lang()
        items = self.item_ids.sorted(lambda item: (item.date_maturity, item.id))
        return [
            {
                "name": item.move_id.name,
                "due": format_date(self.env, item.date_maturity, lang_code=lang),
                "amount": item.currency_id.with_context(lang=lang).format(
                    item.amount_residual_currency
                ),
            }
            for item in items
        ]

    def _switched_names(self):
        return self.switch_ids.filtered(lambda one: one.state == "on").mapped("subscriber_id.name")

    def _check_delivery(self, date):
        """What became of the mails: a notice counts from the day it was sent; what came back has
        failed, also after it seemed delivered."""
        for step in self:
            if not step.message_id or step.state not in ("waiting", "done"):
                continue
            if step.delivery_note:
                continue
            sent = step.message_id.sudo().notification_ids.filtered(
                lambda one, step=step: one.res_partner_id == step.payer_id
            )
            states = set(sent.mapped("notification_status"))
            if not sent or states & {"bounce", "exception", "canceled"}:
                if step.action in ("remind", "notice"):
                    reasons = sent.mapped("failure_reason") + sent.mapped("failure_type")
                    why = ", ".join(filter(None, reasons))
                    step.write(
                        {
                            "state": "failed",
                            "delivered_on": False,
                            "message_id": False,
                            "error": self.env._("The e-mail did not arrive. %s", why),
                        }
                    )
                    step._ask_where_no_mail_goes(date)
            elif states == {"sent"} and step.state == "waiting":
                step.write({"state": "done", "delivered_on": date})
                step._end_task(self.env._("The e-mail has arrived."))

    def _close(self, date):
        """Nothing of it is unpaid any more."""
        self.filtered(
            lambda step: step.state in ("todo", "failed")
            or step.state == "waiting"
            and step.action == "call"
        ).write({"state": "void"})
        self.write({"closed_on": date})
        self._end_task(self.env._("Paid."))
