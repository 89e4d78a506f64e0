from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import injection
from ..tools.batch import injected_batch
from ..tools.bridge_signals import SYSTEM
from ..tools.locks import lock_until_commit
from ..tools.report import short
from ..tools.transaction import own_transaction
from .alarm_incident_entry import MACHINE

# Signals that one person, and that all of a company, may inject within a minute.
PER_MINUTE = 10
PER_MINUTE_COMPANY = 30


class AlarmPanel(models.Model):
    """Trying what the centre does: a made-up signal of a panel that goes the way of a real one."""

    _inherit = "alarm.panel"

    def action_inject(self, code_id, zone_id=False, qualifier="new", text=""):
        """Let this panel seem to send a signal. It is stored and decided as any other, and is a
        matter of its own: it neither joins a real alarm nor hides one.

        :param code_id: id of an `alarm.event.code`
        :param zone_id: id of one of the panel's zones, or False
        :param qualifier: "new" or "restore"; counts for Contact ID only
        :return: ``{"uid", "decision": in words, "incident_id": id or False}``
        """
        self.ensure_one()
        self._check_injector()
        self.check_access("read")
        code = self.env["alarm.event.code"].browse(code_id).exists()
        if not code or not isinstance(code_id, int):
            raise UserError(self.env._("Choose the code that the signal is to have."))
        code.check_access("read")
        if code.code_system == SYSTEM:
            raise UserError(
                self.env._("No panel sends “%s”: a bridge says that itself.", code.display_name)
            )
        zone = self.zone_ids.filtered(lambda zone: zone.id == zone_id)
        if zone_id and not zone:
            raise UserError(self.env._("The zone is not one of %s.", self.display_name))
        if qualifier not in ("new", "restore"):
            raise UserError(self.env._("A signal is new or a restore."))
        return self._inject(code, zone, qualifier, short(text))

    @api.model
    def _check_injector(self):
        if not self.env.su and not self.env.user.has_group("alarm_monitoring.group_injector"):
            raise AccessError(self.env._("You are not allowed to inject test signals."))

    def _inject(self, code, zone, qualifier, text):
        # The group and the records are checked; from here on as for a bridge. Not in the user's
        # name: people write their part of an incident's log under another lock than the decider.
        env = self.env(user=SUPERUSER_ID, su=True, context={})
        uid = injection.new_uid()
        with own_transaction(self.env):
            lock_until_commit(
                self.env.cr, {f"injector:{self.env.uid}", f"injector:company:{self.company_id.id}"}
            )
            self._check_injections()
            receiver = env["alarm.receiver"]._injector(env["alarm.panel"].browse(self.id))
            element = injection.prepare_element(
                uid,
                fields.Datetime.now(),
                login=self.env.user.login,
                receiver=receiver.name,
                account=self.account,
                code_system=code.code_system,
                code=code.code,
                qualifier=qualifier if code.code_system == "cid" else "",
                zone=zone.number or "",
                text=text,
            )
            outcome = env["alarm.signal"]._store(injected_batch(element))
        env["alarm.incident"]._decide(outcome.undecided)
        self.env.invalidate_all()
        signal = env["alarm.signal"].search([("uid", "=", uid)], limit=1)
        incident = (
            env["alarm.incident.signal"]
            .search([("signal_id", "=", signal.id)], limit=1)
            .incident_id
        )
        if incident:
            self._log_injection(incident.with_env(self.env), element["text"])
        decisions = dict(signal._fields["decision"]._description_selection(self.env))
        return {
            "uid": uid,
            "decision": decisions[signal.decision],
            "incident_id": incident.id,
        }

    @api.model
    def _log_injection(self, incident, text):
        """Who did it, under the lock of the matter as the decider's own entries."""
        with own_transaction(self.env):
            lock_until_commit(self.env.cr, {incident.sudo().key})
            self.env["alarm.incident.entry"].sudo()._log(
                [(incident.sudo(), "injected", text, 0)], strand=MACHINE
            )
            incident.sudo()._on_incidents_changed()

    def _check_injections(self):
        """Refuse more than a person needs to try something; the locks are held."""
        self.env.cr.execute(
            """
            SELECT count(*) FILTER (WHERE source = %s), count(*)
              FROM alarm_signal
             WHERE received_at >= %s AND starts_with(uid, %s) AND company_id = %s
            """,
            [
                f"injected by {self.env.user.login}",
                fields.Datetime.now() - timedelta(minutes=1),
                injection.PREFIX,
                self.company_id.id,
            ],
        )
        own, all_of_company = self.env.cr.fetchone()
        if own >= PER_MINUTE or all_of_company >= PER_MINUTE_COMPANY:
            raise UserError(
                self.env._(
                    "Too many test signals: %(own)s a minute may be injected by one person, "
                    "%(company)s by all together. Wait a moment.",
                    own=PER_MINUTE,
                    company=PER_MINUTE_COMPANY,
                )
            )


class AlarmReceiver(models.Model):
    _inherit = "alarm.receiver"

    @api.model
    def _injector(self, panel):
        """The receiver that injected signals of a panel come from: of its receiver group, and
        archived, so that no board shows it as a line and no bridge is to serve it."""
        group = panel.receiver_group_id
        name = injection.receiver_name(group.code)
        receivers = self.with_context(active_test=False)
        receiver = receivers.search([("name", "=", name)], limit=1)
        if receiver and receiver.receiver_group_id == group:
            return receiver
        if receiver:
            # The group's code was given to another group since.
            name = f"{name}-{group.id}"
            receiver = receivers.search([("name", "=", name)], limit=1)
        return receiver or receivers.create(
            {
                "name": name,
                "receiver_group_id": group.id,
                "format": injection.FORMAT,
                "active": False,
            }
        )


class AlarmSignal(models.Model):
    _inherit = "alarm.signal"

    injected = fields.Boolean(
        string="Test Signal",
        compute="_compute_injected",
        search="_search_injected",
        help="Made up by somebody to try the system; no panel sent it.",
    )

    @api.depends("uid")
    def _compute_injected(self):
        for signal in self:
            signal.injected = injection.is_injected(signal.uid or "")

    def _compute_event_name(self):
        result = super()._compute_event_name()
        for signal in self.filtered("injected"):
            signal.event_name = f"{injection.MARK}: {signal.event_name}"
        return result

    @api.model
    def _search_injected(self, operator, value):
        if operator != "in":
            return NotImplemented
        prefix = f"{injection.PREFIX}%"
        if set(value) == {True}:
            return [("uid", "=like", prefix)]
        return [("uid", "not =like", prefix)] if set(value) == {False} else [(1, "=", 1)]


class AlarmIncident(models.Model):
    _inherit = "alarm.incident"

    injected = fields.Boolean(
        string="Test",
        readonly=True,
        help="Made by test signals alone; real signals never join it.",
    )

    @api.model
    def _prepare_incident(self, matter):
        vals = super()._prepare_incident(matter)
        if not matter.first.facts.injected:
            return vals
        test = self.env["alarm.resolution"].search([("kind", "=", "test")], limit=1)
        return {**vals, "injected": True, "suggested_resolution_id": test.id}

    @api.model
    def _prepare_bare(self, key, signal, error):
        return {**super()._prepare_bare(key, signal, error), "injected": signal.injected}
