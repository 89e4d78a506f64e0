from odoo.tests import TransactionCase, new_test_user


class RegisterCase(TransactionCase):
    """A back office user, an approver and a draft subscriber with one panel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        group = "alarm_subscriber.group_"
        cls.reader = new_test_user(cls.env, "t-reader", f"{group}reader")
        cls.back_office = new_test_user(cls.env, "t-back-office", f"{group}back_office")
        cls.approver = new_test_user(cls.env, "t-approver", f"{group}approver")
        cls.outsider = new_test_user(cls.env, "t-outsider", "base.group_user")
        cls.customer = cls.env["res.partner"].create({"name": "Test Customer"})
        cls.subscriber = cls.env["alarm.subscriber"].create(
            {"name": "Test Shop", "partner_id": cls.customer.id}
        )
        cls.panel = cls.env["alarm.panel"].create(cls.panel_values(cls.subscriber, account="0T01"))

    @classmethod
    def panel_values(cls, subscriber, account):
        """Values of a panel; modules that need more of a panel extend them."""
        return {"subscriber_id": subscriber.id, "account": account}

    @classmethod
    def activate(cls, subscriber):
        subscriber.with_user(cls.back_office).action_submit()
        subscriber.with_user(cls.approver).action_approve()
