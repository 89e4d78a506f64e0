from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.gates import PARTIES, Facts, contradicts, missing


class AlarmIncident(models.Model):
    """What must be there before an incident is closed."""

    _inherit = "alarm.incident"

    unacknowledged_count = fields.Integer(
        compute="_compute_unacknowledged_count", help="Signals that nobody has acknowledged."
    )
    missing = fields.Text(
        "Missing to Close", compute="_compute_missing", help="One line for each thing."
    )

    @api.depends("link_ids.acknowledged_at")
    def _compute_unacknowledged_count(self):
        counts = dict(
            self.env["alarm.incident.signal"]._read_group(
                [("incident_id", "in", self.ids), ("acknowledged_at", "=", False)],
                ["incident_id"],
                ["__count"],
            )
        )
        for incident in self:
            incident.unacknowledged_count = counts.get(incident, 0)

    @api.depends(
        "state",
        "step_ids.state",
        "link_ids.acknowledged_at",
        "passcode_result",
        "finding",
        "resolution_id",
        "resolution_note",
        "notice_ids",
        "loss_note",
    )
    @api.depends_context("lang", "uid")
    def _compute_missing(self):
        for incident in self:
            over = incident.state in ("closed", "auto_completed", "cancelled")
            incident.missing = "\n".join(() if over else incident._check_gates())

    def _check_gates(self):
        """What is missing before this incident can be closed, as sentences; other modules add
        theirs."""
        self.ensure_one()
        facts = self._gate_facts()
        return [self._gate_sentence(name, facts) for name in missing(facts)]

    def _gate_facts(self):
        resolution = self.resolution_id
        steps = self.step_ids
        return Facts(
            resolution_kind=resolution.kind or "",
            open_steps=len(self._mandatory_steps_left()),
            unacknowledged=self.unacknowledged_count,
            passcode_asked=resolution.kind != "real"
            and any(
                step.kind == "verify_passcode"
                and (step.state != "skipped" or step.by_id)
                and step.plan_id == self.plan_id
                for step in steps
            ),
            passcode_result=self.passcode_result or "",
            note=self.resolution_note or "",
            note_required=resolution.note_required,
            dispatched=self._somebody_went(),
            finding=self.finding or "",
            overruled=bool((self.resolution_note or "").strip()) and self._is_supervisor(),
            required=tuple(resolution._parties_to_tell()) if self.subscriber_id else (),
            told=frozenset(self.notice_ids.mapped("party")),
            loss_required=resolution.loss_required and bool(self.subscriber_id),
            loss=self.loss_note or "",
        )

    def _somebody_went(self):
        """Whether somebody was sent who can say what there is at the site; a module that knows of
        who never went says no."""
        return bool(self.dispatched_at)

    def _mandatory_steps_left(self):
        """What has to be done still. Who says that it is false gives the passcode: of what is real
        nobody is asked for it."""
        real = self.resolution_id.kind == "real"
        return self.step_ids.filtered(
            lambda step: (
                step.mandatory
                and step.state in ("pending", "current")
                and not (real and step.kind == "verify_passcode")
            )
        )

    def _gate_sentence(self, name, facts):
        parties = dict(self.notice_ids._fields["party"]._description_selection(self.env))
        if name in dict(PARTIES):
            return self.env._("The %s: told, or a reason why that is not needed.", parties[name])
        match name:
            case "steps":
                return self.env._(
                    "Mandatory steps: %s.",
                    "; ".join(
                        f"{step.number}. {step.name}" for step in self._mandatory_steps_left()
                    ),
                )
            case "signals":
                return self.env._("%s signals to acknowledge.", facts.unacknowledged)
            case "passcode":
                return self.env._("The passcode: its result, or why it was not verified.")
            case "finding":
                return self.env._("What was found at the site.")
            case "resolution":
                return self.env._("A resolution.")
            case "contradiction":
                return self.env._(
                    "A resolution that agrees with the finding “%s”.",
                    dict(self._fields["finding"]._description_selection(self.env))[self.finding],
                )
            case "doubt":
                return self.env._(
                    "A finding of the site that it was false: the word that was given was none "
                    "(%s). A supervisor may close it with a note instead.",
                    dict(self._fields["passcode_result"]._description_selection(self.env))[
                        self.passcode_result
                    ],
                )
            case "note":
                return self.env._("A note on the resolution %s.", self.resolution_id.display_name)
            case "loss":
                return self.env._("The loss, or that there is none.")
        return name

    def action_acknowledge(self, link_ids=None):
        """Acknowledge signals of these incidents: those named, otherwise all.

        :param link_ids: ids of `alarm.incident.signal`
        """
        self._check_dispatcher()
        for incident in self._locked():
            links = incident.link_ids.filtered(
                lambda link: not link.acknowledged_at and (not link_ids or link.id in link_ids)
            )
            if not links:
                continue
            incident._transition("acknowledge", str(len(links)))
            # As superuser for the reason given in `_check_dispatcher`.
            links.sudo().write(
                {"acknowledged_at": fields.Datetime.now(), "acknowledged_by_id": self.env.uid}
            )
        return True

    def action_resolve(self, resolution_code, note=""):
        """Say how it ended. Other modules are told of what is technical and what is real."""
        found = {finding for finding in self.mapped("finding") if finding}
        resolution = self.env["alarm.resolution"].search([("code", "=", resolution_code)], limit=1)
        for finding in found:
            if resolution and contradicts(resolution.kind, finding):
                words = dict(self._fields["finding"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The responder found “%(finding)s” at the site; the resolution "
                        "%(resolution)s says the opposite.",
                        finding=words[finding],
                        resolution=resolution.display_name,
                    )
                )
        result = super().action_resolve(resolution_code, note)
        if resolution.kind == "technical":
            self._on_resolved_technical()
        elif resolution.kind == "real":
            self._on_resolved_real()
        return result

    def action_resolution_note(self, note):
        """Say more on how it ended, after it was resolved."""
        self._check_dispatcher()
        note = self._required_text(note, self.env._("A note needs a text."))
        for incident in self._locked():
            if incident.state != "resolved":
                raise UserError(self.env._("%s is not resolved.", incident.name))
            said = "\n".join(filter(None, (incident.resolution_note, note)))
            incident._transition("note", note, resolution_note=said)
        return True

    def action_close(self):
        """End it for good; refused, with all that is missing, before everything is there."""
        self._check_dispatcher()
        for incident in self:
            if incident.state == "resolved" and (lacking := incident._check_gates()):
                raise UserError(
                    self.env._(
                        "%(incident)s cannot be closed yet. Missing:\n%(missing)s",
                        incident=incident.name,
                        missing="\n".join(f"– {sentence}" for sentence in lacking),
                    )
                )
        return super().action_close()

    def _on_resolved_technical(self):
        """Hook: these incidents were caused by equipment, power or a line."""

    def _on_resolved_real(self):
        """Hook: these incidents were real."""
