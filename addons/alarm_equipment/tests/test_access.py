from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import EquipmentCase


@tagged("post_install", "-at_install")
class TestAccess(EquipmentCase):
    """Who may do what with the cards."""

    def test_readers_and_storekeepers_read_and_no_more(self):
        self.deliver(["DET-1"])
        card = self.card("DET-1")
        for user in (self.reader, self.storekeeper):
            mine = card.with_user(user)
            with self.subTest(user=user.login):
                self.assertEqual(mine.serial, "DET-1")
                for change in (
                    lambda mine=mine: mine.write({"note": "x"}),
                    lambda mine=mine: mine.copy(),
                    lambda mine=mine: mine.unlink(),
                    lambda mine=mine: mine.action_lose(),
                    lambda mine=mine: mine.action_find(),
                ):
                    with self.assertRaises(AccessError):
                        change()

    def test_an_outsider_sees_nothing(self):
        self.deliver(["DET-1"])
        with self.assertRaises(AccessError):
            self.card("DET-1").with_user(self.outsider).read(["name"])

    def test_a_storekeeper_who_moves_equipment_reads_no_subscriber(self):
        self.deliver(["DET-1"])
        with self.assertRaises(AccessError):
            self.subscriber.with_user(self.storekeeper).read(["note"])
        card = self.card("DET-1").with_user(self.storekeeper)
        [values] = card.web_read(
            {"subscriber_id": {"fields": {"display_name": {}}}, "name": {}, "owner_id": {}}
        )
        self.assertEqual(values["subscriber_id"]["display_name"], self.subscriber.display_name)

    def test_views_open_for_a_storekeeper(self):
        views = (
            self.env["alarm.device"]
            .with_user(self.storekeeper)
            .get_views([(False, "list"), (False, "form"), (False, "search"), (False, "pivot")])
        )
        self.assertNotIn('name="zone_ids"', views["views"]["list"]["arch"])

    def test_a_storekeeper_lists_groups_and_sorts_by_subscriber(self):
        self.deliver(["DET-1"])
        devices = self.env["alarm.device"].with_user(self.storekeeper)
        domain = [("id", "=", self.card("DET-1").id)]
        found = devices.web_search_read(
            domain, {"subscriber_id": {"fields": {"display_name": {}}}}, order="subscriber_id"
        )
        self.assertEqual(found["length"], 1)
        [group] = devices.formatted_read_group(domain, ["subscriber_id"], ["__count"])
        self.assertEqual(group["subscriber_id"], (self.subscriber.id, self.subscriber.display_name))

    def test_equipment_of_another_company_is_hidden(self):
        self.deliver(["DET-1"])
        other = self.env["res.company"].create({"name": "Test Other Company"})
        user = new_test_user(
            self.env,
            "t-other",
            "alarm_subscriber.group_back_office",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        devices = self.env["alarm.device"].with_user(user)
        self.assertFalse(devices.search([("id", "=", self.card("DET-1").id)]))
        with self.assertRaises(UserError):
            devices.create(
                {"kind": "siren", "subscriber_id": self.subscriber.id, "ownership": "foreign"}
            )
