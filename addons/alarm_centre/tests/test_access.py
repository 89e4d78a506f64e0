import csv
from pathlib import Path

from odoo.tests import TransactionCase, new_test_user, tagged

# Who may do what with which model: one row for each model of the suite, one column for each kind of
# user; r(ead), w(rite), c(reate), d(elete), - for nothing. This is the right alone: which records,
# and which of their fields, is for the rules and the verbs, which have tests of their own.
TABLE = Path(__file__).with_name("access.csv")

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}

# Column of the table -> groups of a user who has these and no others.
USERS = {
    "portal": "base.group_portal",
    "user": "base.group_user",
    "bridge": "alarm_monitoring.group_bridge",
    "reader": "alarm_subscriber.group_reader",
    "verify": "alarm_subscriber.group_verify",
    "reveal": "alarm_subscriber.group_reveal",
    "back_office": "alarm_subscriber.group_back_office",
    "approver": "alarm_subscriber.group_approver",
    "dispatcher": "alarm_monitoring.group_dispatcher",
    "supervisor": "alarm_monitoring.group_supervisor",
    "responder_portal": "base.group_portal,alarm_dispatch.group_responder",
    "responder": "base.group_user,alarm_dispatch.group_responder",
    "technician": "alarm_work_order.group_technician",
    "planner": "alarm_work_order.group_planner",
    "storekeeper": "stock.group_stock_user",
    "sales": "sales_team.group_sale_salesman",
    "accountant": "account.group_account_invoice",
    "clerk": "alarm_contract.group_clerk",
    "contract_manager": "alarm_contract.group_contract_manager",
    "manager": "alarm_centre.group_manager",
}

# A column has at least what the columns it implies have.
IMPLIED = {
    "verify": ("reader",),
    "reveal": ("verify",),
    "back_office": ("reader",),
    "approver": ("back_office",),
    "dispatcher": ("verify",),
    "supervisor": ("dispatcher", "reveal"),
    "technician": ("reader",),
    "planner": ("technician",),
    "clerk": ("reader", "accountant"),
    "contract_manager": ("clerk",),
    "manager": (
        "approver",
        "supervisor",
        "responder",
        "planner",
        "storekeeper",
        "sales",
        "contract_manager",
    ),
}

# Nobody changes or deletes these, not even a manager.
EVIDENCE = (
    "alarm.signal",
    "alarm.signal.archive",
    "alarm.signal.removal",
    "alarm.incident",
    "alarm.incident.entry",
    "alarm.incident.signal",
    "alarm.incident.step",
    "alarm.incident.call",
    "alarm.incident.notice",
    "alarm.revision",
    "alarm.evidence.head",
    "alarm.evidence.check",
    "alarm.passcode.try",
    "alarm.test.mode",
    "alarm.test.mode.entry",
)


def read_table():
    """model -> column -> letters"""
    with TABLE.open(encoding="ascii", newline="") as file:
        return {row.pop("model"): row for row in csv.DictReader(file)}


def suite_models(registry):
    """Names of the suite's models that have records."""
    return sorted(
        name
        for name, model in registry.items()
        if name.startswith("alarm.") and not model._abstract
    )


@tagged("post_install", "-at_install")
class TestAccess(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        cls.table = read_table()

    def test_every_model_of_the_suite_is_in_the_table(self):
        models = suite_models(self.env.registry)
        missing = [name for name in models if name not in self.table]
        self.assertFalse(missing, f"say in {TABLE.name} who may do what with them")
        self.assertEqual(list(self.table), models)
        for name, columns in self.table.items():
            self.assertEqual(list(columns), list(USERS), name)

    def test_each_kind_of_user_may_do_what_the_table_says(self):
        for column, groups in USERS.items():
            user = new_test_user(self.env, f"t-access-{column}", groups=groups)
            given = set(user.group_ids.get_external_id().values())
            self.assertEqual(given, set(groups.split(",")), column)
            for name, columns in self.table.items():
                model = self.env[name].with_user(user)
                with self.subTest(user=column, model=name):
                    granted = "".join(
                        letter
                        for letter, operation in OPERATIONS.items()
                        if model.has_access(operation)
                    )
                    self.assertEqual(granted or "-", columns[column])

    def test_who_has_more_groups_may_do_no_less(self):
        for column, others in IMPLIED.items():
            for other in others:
                for name, columns in self.table.items():
                    with self.subTest(column=column, other=other, model=name):
                        self.assertLessEqual(set(columns[other]) - {"-"}, set(columns[column]))

    def test_strangers_and_bridges_may_do_nothing(self):
        for name, columns in self.table.items():
            for column in ("portal", "user", "bridge"):
                self.assertEqual(columns[column], "-", (name, column))

    def test_nobody_changes_evidence(self):
        for name in EVIDENCE:
            for column, letters in self.table[name].items():
                self.assertIn(letters, ("r", "-"), (name, column))
