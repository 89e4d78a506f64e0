import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.seal_file import SealFileError

_logger = logging.getLogger(__name__)

# Chains checked between two commits, and broken ones that are told of one by one.
_AT_ONCE = 1000
_TOLD = 100
_WHOLE = 2**31 - 1


class AlarmEvidenceCheck(models.Model):
    """One run over all chains of one ledger, and what it found."""

    _name = "alarm.evidence.check"
    _description = "Check of Evidence"
    _order = "id desc"
    _rec_name = "ledger"

    ledger = fields.Char(required=True, readonly=True)
    ledger_name = fields.Char(string="What Was Checked", compute="_compute_ledger_name")
    state = fields.Selection(
        [("running", "Running"), ("intact", "Intact"), ("broken", "Broken")],
        required=True,
        readonly=True,
        default="running",
    )
    started_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    finished_at = fields.Datetime(readonly=True)
    position = fields.Integer(readonly=True, help="Id of the last thing whose chain was checked.")
    chain_count = fields.Integer(string="Chains", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    break_count = fields.Integer(string="Broken Chains", readonly=True)
    findings = fields.Text(readonly=True)

    @api.depends("ledger")
    @api.depends_context("lang")
    def _compute_ledger_name(self):
        names = {model.model: model.name for model in self._ledger_models()}
        for check in self:
            check.ledger_name = names.get(check.ledger, check.ledger)

    def action_check_all(self):
        """Check every ledger, at once in the background."""
        if not self.env.su and not self.env.user.has_group("alarm_subscriber.group_approver"):
            raise AccessError(self.env._("Only an approver may have the evidence checked."))
        self.sudo()._start()
        self.env.ref("alarm_subscriber.ir_cron_check_evidence").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The evidence is being checked; the result appears here."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _check_daily(self):
        """Seal, begin a check of every ledger where none has begun today, and go on with what runs
        until it is done or the time of the job is up."""
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        if not self.search_count([("started_at", ">=", today)], limit=1):
            self.env["alarm.evidence.head"]._seal_daily()
            self._start()
        running = self.search([("state", "=", "running")], order="id")
        Cron = self.env["ir.cron"]
        for check in running:
            while check.state == "running":
                check._check_some()
                remaining = len(running.filtered(lambda one: one.state == "running"))
                if not Cron._commit_progress(1, remaining=remaining) and remaining:
                    return

    @api.model
    def _start(self):
        running = set(self.search([("state", "=", "running")]).mapped("ledger"))
        return self.create([{"ledger": name} for name in self._ledgers() if name not in running])

    @api.model
    def _ledgers(self):
        base = self.env.registry["alarm.evidence"]
        return sorted(
            name
            for name, model in self.env.registry.items()
            if issubclass(model, base) and not model._abstract
        )

    @api.model
    def _ledger_models(self):
        return self.env["ir.model"].sudo().search([("model", "in", self._ledgers())])

    def _check_some(self):
        """Check the next chains, or end the run."""
        self.ensure_one()
        lower = self.position + 1
        self.env.cr.execute(
            """
            SELECT max(chain) FROM (SELECT chain FROM alarm_evidence_head
                                     WHERE ledger = %s AND chain >= %s
                                     ORDER BY chain LIMIT %s) AS following
            HAVING count(*) = %s
            """,
            [self.ledger, lower, _AT_ONCE, _AT_ONCE],
        )
        # Behind the last end that is known there may be rows whose end was taken away.
        upper = (self.env.cr.fetchone() or [_WHOLE])[0]
        chains, rows, findings = self._check_range(self.ledger, lower, upper)
        told = (self.findings or "").splitlines()
        count = self.break_count + len(findings)
        done = upper == _WHOLE
        self.write(
            {
                "position": upper,
                "chain_count": self.chain_count + chains,
                "row_count": self.row_count + rows,
                "break_count": count,
                "findings": "\n".join((told + findings)[:_TOLD]),
                "state": ("broken" if count else "intact") if done else "running",
                "finished_at": fields.Datetime.now() if done else False,
            }
        )
        if done and count:
            self._on_broken(self, self.findings)

    @api.model
    def _check_range(self, ledger, lower, upper):
        """``(chains, rows, sentences)`` about the chains whose ids lie in ``lower..upper``."""
        model, heads = self.env[ledger], self.env["alarm.evidence.head"]
        sentences, sealed = [], {}
        try:
            seals = heads._read_seals(ledger, range(lower, upper + 1))
            if seals:
                sealed = seals.heads
            for key, seq in heads._unsealed_claims(ledger, lower, upper, sealed):
                sentences.append(
                    self.env._(
                        "%(what)s: sealed up to entry %(seq)s, but the seal file does not say so.",
                        what=model._chain_name(key.chain),
                        seq=seq,
                    )
                )
        except SealFileError as error:
            sentences.append(
                self.env._(
                    "The seal file %(path)s is not what was written: line %(line)s.",
                    path=error.path,
                    line=error.line,
                )
            )
        except OSError as error:
            sentences.append(self.env._("The seal file cannot be read: %s.", error))
        chains, rows, breaks = model._verify_chains(lower, upper, sealed)
        sentences += [self._break_words(found) for found in breaks]
        return chains, rows, sentences

    @api.model
    def _break_words(self, found):
        """One sentence: whose chain, which entry, what is wrong with it."""
        kinds = {
            "missing": self.env._("is missing"),
            "changed": self.env._("was changed after it was written"),
            "forged": self.env._("was not signed with a key of the key file"),
            "unsigned": self.env._("was written without the key file"),
            "doubled": self.env._("is there twice"),
            "cut": self.env._("and all that came after it were cut off"),
            "unheaded": self.env._("is the last one, but the end that was kept says otherwise"),
            "rewritten": self.env._("is not the one that was sealed"),
            "absent": self.env._("is missing, and so is everything else"),
        }
        return self.env._(
            "%(what)s: entry %(seq)s%(strand)s %(problem)s.",
            what=self.env[found.key.ledger]._chain_name(found.key.chain),
            seq=found.seq,
            strand=f" ({found.key.strand})" if found.key.strand else "",
            problem=kinds[found.kind],
        )

    @api.model
    def _on_broken(self, check, text):
        """Tell people. Other modules tell more of them."""
        _logger.error("Evidence does not hold: %s", text)


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    def action_verify_history(self):
        """Check the histories of these subscribers now and say what was found."""
        if not self.env.su and not self.env.user.has_group("alarm_subscriber.group_approver"):
            raise AccessError(self.env._("Only an approver may have the evidence checked."))
        self.check_access("read")
        rows, sentences = 0, []
        for subscriber in self:
            _chains, some, found = self.env["alarm.evidence.check"]._check_range(
                "alarm.revision", subscriber.id, subscriber.id
            )
            rows, sentences = rows + some, sentences + found
        if sentences:
            raise UserError("\n".join(sentences))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The history is intact: %s entries were checked.", rows),
            },
        }
