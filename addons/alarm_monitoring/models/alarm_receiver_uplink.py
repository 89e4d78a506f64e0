import logging

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from ..tools.batch import BatchError, parse_batch
from ..tools.bridge_key import rotate_bridge_key
from ..tools.heartbeat import parse_status
from ..tools.transaction import own_transaction

_logger = logging.getLogger(__name__)


class AlarmReceiver(models.Model):
    """The three methods of a bridge. Each checks the group, turns its input into plain values and
    only then goes on as superuser: the bridge's user itself may read and write nothing."""

    _inherit = "alarm.receiver"

    @api.model
    def ingest(self, batch):
        """Take signals from a bridge: store them, then decide about them.

        :param batch: one JSON text, see ``tools/batch.py``
        :return: ``{"stored": n, "duplicates": n, "rejected": [{"uid": "…", "reason": "…"}]}``
        :raises ValidationError: the text is no batch at all
        """
        self._check_is_bridge()
        try:
            batch = parse_batch(batch)
        except BatchError as error:
            raise ValidationError(str(error)) from error
        env = self._as_superuser().env
        with own_transaction(env):
            outcome = env["alarm.signal"]._store(batch)
        env["alarm.incident"]._decide(outcome.undecided)
        env["alarm.incident"]._raise_rejected(batch)
        if outcome.attended:
            # After the alarms: whoever waits for a tick can wait longer than a dispatcher.
            env["alarm.signal"]._on_attended(outcome.attended)
        return {
            "stored": outcome.stored,
            "duplicates": outcome.duplicates,
            "rejected": [
                {"uid": rejected.uid, "reason": rejected.reason} for rejected in batch.rejected
            ],
        }

    @api.model
    def heartbeat(self, status):
        """Hear from a bridge, and do what is due.

        :param status: one JSON text, see ``tools/heartbeat.py``
        :return: nothing, as an empty object
        :raises ValidationError: the text does not name a bridge
        """
        self._check_is_bridge()
        try:
            status = parse_status(status)
        except BatchError as error:
            raise ValidationError(str(error)) from error
        env = self._as_superuser().env
        # Not only those that it names: it may have ceased to serve one.
        receivers = env["alarm.receiver"].search([("name", "!=", False)])
        before = {receiver: receiver._shown() for receiver in receivers}
        with own_transaction(env):
            env["alarm.bridge.status"]._report(status)
            env["alarm.receiver.status"]._report(status)
            receivers.invalidate_recordset()
            changed = receivers.filtered(lambda receiver: receiver._shown() != before[receiver])
            if changed:
                changed._on_receivers_changed()
        env["alarm.bridge.condition"]._report(status)
        env["alarm.duty"]._run_due()
        return {}

    @api.model
    def configuration(self, since):
        """What a bridge must know that was typed once in Odoo.

        :param since: ``version`` of the last answer, "" at first
        :return: see ``_configuration``
        """
        self._check_is_bridge()
        if not isinstance(since, str):
            raise ValidationError(self.env._("“since” must be text."))
        return self._as_superuser()._configuration(since)

    @api.model
    def _rotate_bridge_key(self, login, days):
        """For `odoo shell`: a new API key for the bridge's user, see tools/bridge_key.py."""
        return rotate_bridge_key(self.env, login, days)

    @api.model
    def _as_superuser(self):
        """Without the context of the call: it could set defaults of records made as superuser."""
        return self.with_env(self.env(su=True, context={}))

    @api.model
    def _check_is_bridge(self):
        if not self.env.user.has_group("alarm_monitoring.group_bridge"):
            _logger.warning("User %s is no receiver bridge and was refused", self.env.user.login)
            raise AccessError(self.env._("Only a receiver bridge may do this."))
