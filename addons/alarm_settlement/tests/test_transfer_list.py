from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SIGNATURE, SettlementCase


@tagged("post_install", "-at_install")
class TestTransferList(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.devices = cls.env["alarm.device"].create(
            [
                {"name": f"Test Recorder {number}", "kind": "recorder", "ownership": "leased"}
                for number in range(3)
            ]
        )
        cls.contract = cls.run_contract(
            subscriber_ids=[Command.clear()],
            device_ids=[Command.set(cls.devices.ids)],
            counterparty_id=cls.government.id,
            end_action="transfer_to_government",
        )

    def transfer(self, **values):
        transfer = self.env["alarm.transfer.list"].create(
            {"contract_id": self.contract.id, "date": date(2027, 1, 1), **values}
        )
        transfer.action_fill()
        return transfer

    def sign(self, transfer):
        transfer.write(
            {
                "ours_signed_by": "Mona",
                "ours_signature": SIGNATURE,
                "theirs_signed_by": "Gao",
                "theirs_signature": SIGNATURE,
            }
        )

    def test_the_list_follows_from_the_contract(self):
        transfer = self.transfer()
        self.assertEqual(transfer.kind, "transfer_to_government")
        self.assertEqual(transfer.partner_id, self.government)
        self.assertEqual(transfer.line_ids.device_id, self.devices)
        transfer.action_fill()
        self.assertEqual(len(transfer.line_ids), 3)

    def test_what_is_accepted_and_signed_changes_hands(self):
        transfer = self.transfer()
        transfer.line_ids = [Command.create({"name": "Rack and cables", "quantity": 1})]
        transfer.action_inspect()
        transfer = transfer.with_user(self.clerk)
        lines = transfer.line_ids
        lines[:2].action_accept()
        lines[2].write(
            {"condition": "defective", "acceptance": "rejected", "remark": "Screen broken"}
        )
        with self.assertRaisesRegex(UserError, "Not inspected yet: Rack"):
            transfer.action_accept()
        lines[3].action_accept()
        with self.assertRaisesRegex(UserError, "not signed"):
            transfer.action_accept()
        self.sign(transfer)
        transfer.action_accept()
        self.assertEqual(self.devices.mapped("ownership"), ["leased"] * 3)
        with freeze_time("2027-01-01"):
            transfer.with_user(self.manager).action_hand_over()
        self.assertEqual(transfer.handed_over_on, date(2027, 1, 1))
        given = lines[:2].device_id
        self.assertEqual(given.mapped("ownership"), ["sold", "sold"])
        self.assertEqual(given.owner_id, self.government)
        # What was rejected stays ours.
        self.assertEqual(lines[2].device_id.ownership, "leased")
        self.assertEqual(lines[0].inspected_by_id, self.clerk)

    def test_what_is_missing_is_not_accepted_and_who_rejects_says_why(self):
        transfer = self.transfer()
        transfer.action_inspect()
        line = transfer.line_ids[0]
        line.condition = "missing"
        with self.assertRaises(ValidationError):
            line.action_accept()
        with self.assertRaises(ValidationError):
            line.acceptance = "rejected"

    def test_what_was_signed_stays_until_it_is_inspected_again(self):
        transfer = self.transfer()
        with self.assertRaises(UserError):
            transfer.line_ids[0].action_accept()
        with self.assertRaises(UserError):
            self.sign(transfer)
        transfer.action_inspect()
        transfer.line_ids.action_accept()
        self.sign(transfer)
        transfer.action_accept()
        for operation in (
            lambda: transfer.line_ids[0].write({"condition": "worn"}),
            lambda: transfer.line_ids[0].unlink(),
            lambda: transfer.write({"ours_signed_by": "Else"}),
            lambda: transfer.write({"date": date(2027, 2, 1)}),
            lambda: transfer.write({"state": "done"}),
            transfer.unlink,
        ):
            with self.assertRaises(UserError):
                operation()
        transfer.action_reopen()
        self.assertFalse(transfer.ours_signature or transfer.theirs_signed_by)
        transfer.line_ids[0].condition = "worn"

    def test_only_what_stands_under_the_contract_is_listed(self):
        stranger = self.env["alarm.device"].create(
            {"name": "Test Stranger", "kind": "recorder", "ownership": "leased"}
        )
        other = self.run_contract(subscriber_ids=[Command.clear()])
        transfer = self.transfer().with_user(self.clerk)
        for operation in (
            lambda: transfer.write({"line_ids": [Command.create({"device_id": stranger.id})]}),
            lambda: transfer.line_ids[0].write({"device_id": stranger.id}),
            lambda: transfer.write({"contract_id": other.id}),
        ):
            with self.assertRaisesRegex(ValidationError, "does not stand under"):
                operation()

    def test_who_signs_second_signs_what_the_first_one_signed(self):
        transfer = self.transfer()
        transfer.action_inspect()
        transfer.line_ids.action_accept()
        transfer.write({"ours_signed_by": "Mona", "ours_signature": SIGNATURE})
        for change in (
            lambda: transfer.write({"date": date(2027, 2, 1)}),
            lambda: transfer.write({"partner_id": self.contract.partner_id.id}),
            lambda: transfer.line_ids[0].write({"condition": "defective"}),
            lambda: transfer.write(
                {"line_ids": [Command.update(transfer.line_ids[0].id, {"remark": "?"})]}
            ),
        ):
            told = "take the signature out"
            with self.assertRaisesRegex(UserError, told), self.env.cr.savepoint():
                change()
        transfer.write({"ours_signed_by": False, "ours_signature": False})
        transfer.date = date(2027, 2, 1)
        self.sign(transfer)
        transfer.action_accept()
        self.assertEqual(transfer.state, "accepted")

    def test_a_signature_is_a_picture(self):
        transfer = self.transfer()
        transfer.action_inspect()
        with self.assertRaises(UserError):
            transfer.ours_signature = b"PHN2Zz4="

    def test_what_is_handed_back_was_never_ours(self):
        self.devices.write({"ownership": "foreign", "owner_id": self.government.id})
        transfer = self.transfer(kind="hand_back")
        transfer.action_inspect()
        transfer.line_ids[0].condition = "missing"
        transfer.action_accept_pieces()
        self.assertEqual(transfer.line_ids.mapped("acceptance"), ["open", "accepted", "accepted"])
        transfer.line_ids[0].condition = "good"
        transfer.action_accept_pieces()
        self.sign(transfer)
        transfer.action_accept()
        with freeze_time("2027-01-01"):
            transfer.with_user(self.clerk).action_hand_over()
        self.assertEqual(self.devices.mapped("ownership"), ["foreign"] * 3)

    def accepted(self, **values):
        """A list that both sides have signed."""
        transfer = self.transfer(**values)
        transfer.action_inspect()
        transfer.line_ids.action_accept()
        self.sign(transfer)
        transfer.action_accept()
        return transfer

    def end(self):
        with freeze_time("2027-01-01"):
            self.contract._transition("end")

    def test_a_clerk_gives_what_the_contract_says_when_it_has_ended(self):
        transfer = self.accepted().with_user(self.clerk)
        with freeze_time("2027-01-01"):
            told = "a contract manager hands it over"
            with self.assertRaisesRegex(AccessError, told), self.env.cr.savepoint():
                transfer.action_hand_over()
            self.end()
            transfer.action_hand_over()
        self.assertEqual(self.devices.owner_id, self.government)

    def test_what_the_contract_does_not_say_a_manager_gives(self):
        self.end()
        for values in (
            {"kind": "transfer_to_customer"},
            {"partner_id": self.lessee.id},
        ):
            transfer = self.accepted(**values)
            with freeze_time("2027-01-01"), self.assertRaises(AccessError):
                with self.env.cr.savepoint():
                    transfer.with_user(self.clerk).action_hand_over()
        with freeze_time("2027-01-01"):
            transfer.with_user(self.manager).action_hand_over()
        self.assertEqual(self.devices.owner_id, self.lessee)

    def test_nothing_is_handed_over_before_its_day(self):
        transfer = self.accepted()
        with freeze_time("2026-12-31"):
            told = f"{transfer.name} is dated .* not before"
            with self.assertRaisesRegex(UserError, told), self.env.cr.savepoint():
                transfer.action_hand_over()
        self.assertEqual(transfer.state, "accepted")

    def test_what_has_gone_since_it_was_listed_is_not_given(self):
        transfer = self.accepted()
        for change in (
            # Swapped, it is in our own stock.
            {"ownership": False},
            {"state": "lost"},
        ):
            before = {name: self.devices[0][name] for name in change}
            self.devices[0].write(change)
            with freeze_time("2027-01-01"):
                told = "Test Recorder 0.* is not leased under"
                with self.assertRaisesRegex(UserError, told), self.env.cr.savepoint():
                    transfer.action_hand_over()
            self.devices[0].write(before)
        # Somebody else's contract has it now.
        self.contract._write_by_verb({"device_ids": [Command.unlink(self.devices[1].id)]})
        with freeze_time("2027-01-01"):
            told = "Test Recorder 1.* is not leased under"
            with self.assertRaisesRegex(UserError, told), self.env.cr.savepoint():
                transfer.action_hand_over()

    def test_it_is_printed_with_conditions_and_signatures(self):
        transfer = self.transfer()
        transfer.action_inspect()
        transfer.line_ids.action_accept()
        self.sign(transfer)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("alarm_settlement.transfer_list", transfer.ids)[0]
            .decode()
        )
        for text in ("Test Recorder 1", "Accepted", "Gao", "data:image/png"):
            self.assertIn(text, html)
