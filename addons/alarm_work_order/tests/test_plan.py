from datetime import datetime, timedelta

from odoo.tests import TransactionCase, tagged

from ..tools.plan import Booking, conflicts
from .common import WorkCase

NOON = datetime(2030, 1, 7, 12, 0)


def booking(key, start, hours, *people):
    return Booking(key, start, start + timedelta(hours=hours), frozenset(people))


class TestConflictRule(TransactionCase):
    def test_the_same_people_at_the_same_time(self):
        one = booking(1, NOON, 2, "a", "b")
        others = [
            booking(1, NOON, 2, "a"),  # itself
            booking(2, NOON + timedelta(hours=1), 2, "b"),
            booking(3, NOON + timedelta(hours=1), 2, "c"),
            booking(4, NOON + timedelta(hours=2), 2, "a"),  # begins when it ends
            booking(5, NOON - timedelta(hours=1), 1, "a"),  # ends when it begins
            booking(6, NOON - timedelta(hours=1), 9, "a"),  # around it
        ]
        self.assertEqual(conflicts(one, others), {2, 6})


@tagged("post_install", "-at_install")
class TestPlan(WorkCase):
    def at(self, start, hours=2, scheduled=True, **values):
        order = self.order(
            planned_start=start, planned_end=start + timedelta(hours=hours), **values
        )
        if scheduled:
            order.action_schedule()
        return order

    def test_one_crew_at_two_places_is_shown_and_not_refused(self):
        first = self.at(NOON)
        second = self.at(NOON + timedelta(hours=1), scheduled=False)
        self.assertEqual(second.conflict_ids, first)
        # A draft is in nobody's way yet.
        self.assertFalse(first.has_conflict)
        second.action_schedule()
        self.env.invalidate_all()
        self.assertEqual(first.conflict_ids, second)
        self.assertEqual(first.calendar_color, 1)
        found = self.env["alarm.work.order"].search([("has_conflict", "=", True)])
        self.assertLessEqual(first + second, found)
        second.planned_start = NOON + timedelta(hours=2)
        self.assertFalse(second.has_conflict)
        self.assertNotIn(first, self.env["alarm.work.order"].search([("has_conflict", "=", True)]))
        self.assertIn(first, self.env["alarm.work.order"].search([("has_conflict", "=", False)]))

    def test_one_person_in_two_crews_is_a_conflict_too(self):
        other = self.env["alarm.crew"].create(
            {"name": "Other", "member_ids": [(6, 0, self.mate.employee_ids.ids)]}
        )
        first = self.at(NOON)
        second = self.at(NOON, crew_id=other.id)
        self.assertEqual(second.conflict_ids, first)

    def test_what_is_over_is_in_nobodys_way(self):
        first = self.at(NOON)
        first.action_cancel("over")
        self.assertFalse(self.at(NOON).has_conflict)

    def test_conflicts_of_many_orders_cost_as_many_queries_as_of_two(self):
        orders = self.env["alarm.work.order"]
        for hour in range(12):
            orders |= self.at(NOON + timedelta(hours=hour))
        counts = []
        for some in (orders[:2], orders):
            self.env.invalidate_all()
            some.mapped("crew_id"), some.mapped("technician_ids")
            before = self.env.cr.sql_log_count
            some.mapped("has_conflict")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_a_crew_that_lacks_a_skill_is_warned_of(self):
        skills = self.env["hr.skill.type"].create(
            {
                "name": "Test Trades",
                "skill_ids": [(0, 0, {"name": "Fire systems"}), (0, 0, {"name": "Heights"})],
                "skill_level_ids": [(0, 0, {"name": "Able", "level_progress": 100})],
            }
        )
        fire, heights = skills.skill_ids
        system = self.env["alarm.system.type"].create(
            {"name": "Test Fire", "skill_ids": [(6, 0, (fire + heights).ids)]}
        )
        self.env["hr.employee.skill"].create(
            {
                "employee_id": self.mate.employee_ids.id,
                "skill_id": fire.id,
                "skill_type_id": skills.id,
                "skill_level_id": skills.skill_level_ids.id,
            }
        )
        order = self.order(system_type_id=system.id)
        self.assertEqual(order.skill_ids, fire + heights)
        self.assertEqual(order.skills_lacking, "Heights")
        order.skill_ids = fire
        self.assertFalse(order.skills_lacking)
        self.assertEqual(self.crew.skill_ids, fire)

    def test_technicians_are_the_logins_of_the_crew(self):
        order = self.order()
        self.assertEqual(order.technician_ids, self.technician + self.mate)
        order.technician_ids = self.mate
        self.assertEqual(order.technician_ids, self.mate)
