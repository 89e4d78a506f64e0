from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.lifecycle import TRANSITIONS

STATES = [
    ("draft", "Draft"),
    ("commissioning", "Commissioning"),
    ("submitted", "Submitted"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("terminated", "Terminated"),
]

# What only a verb may set: writing it past the verbs would be an approval without
# an approver.
LIFECYCLE_FIELDS = frozenset(
    {
        "state",
        "submitted_by_id",
        "submitted_at",
        "submission_user_ids",
        "approved_by_id",
        "approved_at",
    }
)

# Passed in the context by the verbs. Compared by identity, so nothing that arrives
# over RPC can be it.
_BY_VERB = object()


class AlarmSubscriber(models.Model):
    """The life of a subscriber: its states, who submitted and who approved it."""

    _inherit = "alarm.subscriber"

    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    submitted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    approved_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default may give what only a verb may set.
        values = super().default_get(fields)
        unset = {"state": "draft"}
        return {
            name: unset.get(name, False) if name in LIFECYCLE_FIELDS else value
            for name, value in values.items()
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_past_verbs(
                name for name, value in vals.items() if value not in (False, None, "draft")
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_past_verbs(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for subscriber in self:
            subscriber._check_deletable(subscriber.display_name)

    def action_commission(self):
        """Start putting the site into operation: draft → commissioning."""
        return self._transition("commission")

    def action_submit(self):
        """Ask for approval: draft or commissioning → submitted."""
        return self._transition(
            "submit",
            submitted_by_id=self.env.uid,
            submitted_at=fields.Datetime.now(),
        )

    def action_reset(self):
        """Return to the back office: commissioning or submitted → draft."""
        return self._transition("reset", submitted_by_id=False, submitted_at=False)

    def action_approve(self):
        """Take into monitoring: submitted → active, by somebody else than who submitted."""
        self._check_approver()
        return self._transition(
            "approve",
            approved_by_id=self.env.uid,
            approved_at=fields.Datetime.now(),
        )

    def action_suspend(self):
        """Interrupt the service: active → suspended."""
        return self._transition("suspend")

    def action_reactivate(self):
        """Resume the service that was approved before: suspended → active."""
        return self._transition("reactivate")

    def action_terminate(self):
        """End the service for good: active or suspended → terminated."""
        return self._transition("terminate")

    def _transition(self, verb, **values):
        transition = TRANSITIONS[verb]
        labels = dict(self._fields["state"]._description_selection(self.env))
        for subscriber in self:
            if subscriber.state not in transition.sources:
                raise UserError(
                    self.env._(
                        "%(subscriber)s is %(state)s and cannot become %(target)s. "
                        "Allowed from: %(sources)s.",
                        subscriber=subscriber.display_name,
                        state=labels[subscriber.state],
                        target=labels[transition.target],
                        sources=", ".join(
                            label for state, label in labels.items() if state in transition.sources
                        ),
                    )
                )
        self.with_context(alarm_by_verb=_BY_VERB).write({"state": transition.target, **values})
        return True

    def _check_approver(self):
        if not self.env.su and not self.env.user.has_group("alarm_subscriber.group_approver"):
            raise AccessError(self.env._("Only an approver may take a subscriber into monitoring."))
        for subscriber in self:
            if subscriber.state == "submitted" and (subscriber.submitted_by_id == self.env.user):
                raise UserError(
                    self.env._(
                        "%(subscriber)s was submitted by you, %(user)s. "
                        "It becomes active only when a second person approves it.",
                        subscriber=subscriber.display_name,
                        user=self.env.user.name,
                    )
                )

    def _check_not_past_verbs(self, names):
        """Refuse what a verb would have checked, whoever writes it."""
        names = LIFECYCLE_FIELDS.intersection(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._(
                    "The state and the approval of a subscriber change only through its "
                    "actions (submit, approve, suspend…), not by writing %s.",
                    ", ".join(sorted(names)),
                )
            )

    def _check_deletable(self, what):
        """Refuse to delete `what` (a name to show) once the subscriber left draft."""
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(what)s cannot be deleted: %(subscriber)s is no longer a draft, "
                    "and its history refers to it. Archive it instead.",
                    what=what,
                    subscriber=self.display_name,
                )
            )
