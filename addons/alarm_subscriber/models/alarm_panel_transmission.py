from odoo import api, fields, models

from ..tools.durations import duration_words


class AlarmPanelTransmission(models.AbstractModel):
    """How a panel transmits, as far as the receiving side treats it differently from others on
    the same receiver."""

    _name = "alarm.panel.transmission"
    _description = "How a Panel Transmits"

    supervision_interval = fields.Integer(
        help="Seconds within which the panel must be heard from; 0: not supervised.",
    )
    supervision_words = fields.Char(string="Supervised Every", compute="_compute_supervision_words")
    dc09_timestamps = fields.Selection(
        [
            ("receiver", "As Set for the Receiver"),
            ("check", "Checked"),
            ("encrypted", "Checked in Encrypted Frames Only"),
            ("ignore", "Ignored"),
        ],
        string="DC-09 Timestamps",
        required=True,
        default="receiver",
        help="Whether a SIA DC-09 frame whose time is off is refused. A panel without a set clock "
        "is only heard when they are ignored.",
    )
    dc09_clear = fields.Selection(
        [
            ("receiver", "As Set for the Receiver"),
            ("accept", "Accepted"),
            ("refuse", "Refused"),
        ],
        string="Unencrypted DC-09 Frames",
        required=True,
        default="receiver",
        help="What becomes of a SIA DC-09 frame that is not encrypted although the panel has a "
        "key. Accept them while the transmitter is being changed over; otherwise anybody who "
        "knows the account can send in its name.",
    )
    dc09_tolerate_crc = fields.Boolean(
        string="Tolerate Wrong Checksum",
        help="Take SIA DC-09 frames whose checksum is wrong: for a transmitter that is known to "
        "calculate it in its own way. The receiver's settings may tolerate it for all.",
    )
    dc09_tolerate_length = fields.Boolean(
        string="Tolerate Wrong Length",
        help="Take SIA DC-09 frames that announce another length than they have: for a "
        "transmitter that is known to count in its own way. The receiver's settings may "
        "tolerate it for all.",
    )

    _supervision_interval_positive = models.Constraint(
        "CHECK(supervision_interval >= 0)",
        "The supervision interval is a number of seconds, 0 or more.",
    )

    @api.depends("supervision_interval")
    @api.depends_context("lang")
    def _compute_supervision_words(self):
        for panel in self:
            panel.supervision_words = duration_words(self.env, panel.supervision_interval)
