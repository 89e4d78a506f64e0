from odoo import fields, models


class AlarmPanelTest(models.AbstractModel):
    """The test report that a panel sends by itself."""

    _name = "alarm.panel.test"
    _description = "Test Report of a Panel"

    test_interval = fields.Integer(
        string="Test Report Every (h)",
        help="Hours after which the panel sends a test report by itself; 0: none is expected.",
    )
    test_margin = fields.Integer(
        string="Margin (min)",
        default=90,
        help="Minutes that a test report may be late before it is missed.",
    )
    test_counts = fields.Selection(
        [("any", "Any Signal"), ("test", "Only a Test Report")],
        string="Proven by",
        required=True,
        default="any",
        help="What shows that the panel is alive. Many panels leave a test report out when they "
        "have sent another signal.",
    )

    _test_interval_positive = models.Constraint(
        "CHECK(test_interval >= 0 AND test_interval <= 8784)",
        "The interval of test reports is 0 to 8784 hours (366 days).",
    )
    _test_margin_positive = models.Constraint(
        "CHECK(test_margin >= 0 AND test_margin <= 10080)",
        "The margin of a test report is 0 to 10080 minutes (7 days).",
    )
