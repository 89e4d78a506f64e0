from odoo.addons.alarm_sale.tests.common import SaleCase
from odoo.addons.alarm_sale.tests.test_portal import signature


class ContractSaleCase(SaleCase):
    """Two business models of which one leases, and quotations of the surveys of a jeweller."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["alarm.business.model"].search([]).active = False
        Model = cls.env["alarm.business.model"]
        cls.buy_out = Model.create(
            {"name": "Test Buy-Out", "code": "T-BUY", "sequence": 1, "term_months": 0}
        )
        cls.leasing = Model.create(
            {
                "name": "Test Lease",
                "code": "T-LEASE",
                "sequence": 2,
                "funder": "operator",
                "owner_in_term": "operator",
                "owner_after": "customer",
                "term_months": 36,
                "notice_days": 60,
                "renewal_kind": "automatic",
                "renewal_months": 12,
                "deposit_months": 2,
                "exit_method": "balance_share",
                "exit_rate": 50,
                "end_action": "transfer_to_customer",
            }
        )

    @classmethod
    def sign(cls, order, name="Ada Gold"):
        """The customer signs on the tablet."""
        order.sudo().write({"require_signature": True, "require_payment": False})
        if order.state == "draft":
            order.action_quotation_sent()
        wizard = (
            cls.env["alarm.sale.sign"]
            .with_user(cls.seller)
            .create({"order_id": order.id, "signature": signature(), "signed_by": name})
        )
        wizard.action_sign()
        return order.sudo().contract_id

    @classmethod
    def signed(cls, **values):
        """A signed order and its contract, as superuser."""
        order = cls.quote(cls.make_survey(**values))
        order.business_model_id = cls.leasing
        return order.sudo(), cls.sign(order)
