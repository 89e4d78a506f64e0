import base64
import logging
from contextlib import closing

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..tools import register_book
from ..tools.numbers import number_key
from ..tools.passcodes import MINIMUM, normalise

_logger = logging.getLogger(__name__)

SHOWN_PROBLEMS = 1000

# What its verbs alone say: an import is done in the name of its user.
_BY_VERB_FIELDS = frozenset({"company_id", "user_id", "state", "total", "done", "summary"})
_BY_VERB_FIELDS |= {"problem_count", "problem_ids"}

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()

STATES = [
    ("draft", "To Check"),
    ("faulty", "Has Errors"),
    ("checked", "Without Errors"),
    ("queued", "Queued"),
    ("running", "Running"),
    ("done", "Imported"),
    ("failed", "Failed"),
]


class AlarmRegisterImport(models.Model):
    """One workbook on its way into the register: checked as a whole, then imported as a whole."""

    _name = "alarm.register.import"
    _description = "Import into the Register"
    _inherit = ["alarm.register.book", "alarm.own.defaults"]
    _order = "id desc"
    _own_defaults = _BY_VERB_FIELDS

    name = fields.Char(string="File Name", required=True, default="workbook.xlsx")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users", readonly=True, ondelete="restrict", default=lambda self: self.env.user
    )
    file = fields.Binary(
        string="Workbook",
        attachment=True,
        copy=False,
        help="Forgotten once it is imported: it may hold passcodes.",
    )
    state = fields.Selection(STATES, default="draft", required=True, readonly=True, copy=False)
    problem_ids = fields.One2many("alarm.register.import.problem", "import_id", readonly=True)
    problem_count = fields.Integer(string="Errors", readonly=True, copy=False)
    total = fields.Integer(string="Rows", readonly=True, copy=False)
    done = fields.Integer(string="Rows Done", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    summary = fields.Char(readonly=True, copy=False)

    @api.depends("done", "total")
    def _compute_progress(self):
        for book in self:
            book.progress = 100 * book.done / book.total if book.total else 0

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_past_verbs(name for vals in vals_list for name in vals)
        books = super().create(vals_list)
        books.filtered("file")._check_file()
        return books

    def write(self, vals):
        self._check_not_past_verbs(vals)
        res = super().write(vals)
        if vals.get("file"):
            self._check_file()
        return res

    def _by_verb(self):
        return self.with_context(alarm_by_verb=_BY_VERB)

    def _check_not_past_verbs(self, names):
        """Refuse what would queue what was not checked, or do it in somebody else's name."""
        names = _BY_VERB_FIELDS.intersection(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._(
                    "An import changes only through its actions (check, import), not by writing "
                    "%s.",
                    ", ".join(sorted(names)),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        for book in self:
            if book.state in ("queued", "running"):
                raise UserError(
                    self.env._("%s is being imported just now; wait until it is done.", book.name)
                )

    def action_check(self):
        self._check_file()
        return True

    def action_import(self):
        """Queue the import; the scheduler does it, in one transaction."""
        for book in self:
            if book.state != "checked":
                raise UserError(
                    self.env._(
                        "%s is imported only when it was checked and is without errors.", book.name
                    )
                )
        self._by_verb().write({"state": "queued", "user_id": self.env.uid})
        # A permitted user asks for what the scheduler does in his name.
        self.env.ref("alarm_subscriber.cron_register_import").sudo()._trigger()
        return True

    def action_template(self):
        return {
            "type": "ir.actions.act_url",
            "url": "/alarm_subscriber/register_template",
            "target": "download",
        }

    # --- checking

    def _check_file(self):
        """Read the workbook and say everything that is wrong with it."""
        for book in self:
            if book.state in ("queued", "running"):
                raise UserError(
                    self.env._("%s is being imported just now; wait until it is done.", book.name)
                )
            rows, problems = book._read()
            book.problem_ids.sudo().unlink()
            self.env["alarm.register.import.problem"].sudo().create(
                [book._prepare_problem(problem) for problem in problems[:SHOWN_PROBLEMS]]
            )
            book._by_verb().write(
                {
                    "state": "faulty" if problems else "checked",
                    "problem_count": len(problems),
                    "total": sum(map(len, rows.values())),
                    "done": 0,
                    "summary": book._count_words(rows),
                }
            )

    def _read(self):
        """(rows, problems) of the workbook; choices in the rows are values."""
        self.ensure_one()
        book = self.with_company(self.company_id)
        if not self.file:
            raise UserError(self.env._("Choose a workbook first."))
        try:
            rows, problems = register_book.read(
                base64.b64decode(self.with_context(bin_size=False).file), self._sheets()
            )
        except ValueError:
            problem = register_book.Problem("", 0, "", self.name, "no_workbook", (".xlsx",))
            return {}, [problem]
        problems += book._resolve_choices(rows)
        problems += book._check_rows(rows)
        if not problems and not rows["subscribers"]:
            problems.append(register_book.Problem("subscribers", 0, "", "", "empty"))
        order = [sheet.name for sheet in self._sheets()]
        problems.sort(key=lambda problem: (order.index(problem.sheet), problem.row))
        return rows, problems

    def _resolve_choices(self, rows):
        """Put the value in the place of each chosen text; problems where there is none."""
        problems = []
        for (sheet, column), texts in self._choices().items():
            values = {register_book.key(text): value for text, value in texts.items()}
            allowed = tuple(self._labels(texts)[:12])
            for number, row in rows[sheet]:
                text = row.get(column)
                if text is None:
                    continue
                row[column] = values.get(register_book.key(text))
                if row[column] is None:
                    problems.append(
                        register_book.Problem(
                            sheet, number, row[f"{column}@"], text, "choice", allowed
                        )
                    )
        return problems

    def _check_rows(self, rows):
        """What is wrong between rows, and between them and the register."""
        refs, problems = {}, []

        def bad(sheet, number, row, column, reason, allowed=()):
            problems.append(
                register_book.Problem(
                    sheet, number, row.get(f"{column}@", ""), row[column] or "", reason, allowed
                )
            )

        known = self._known_refs(row["ref"] for _number, row in rows["subscribers"])
        customers = self._customers(row["customer"] for _number, row in rows["subscribers"])
        for number, row in rows["subscribers"]:
            if row["ref"] in refs:
                bad("subscribers", number, row, "ref", "twice", (str(refs[row["ref"]]),))
            elif row["ref"] in known:
                bad("subscribers", number, row, "ref", "exists")
            if len(customers.get(row["customer"], ())) > 1:
                bad("subscribers", number, row, "customer", "ambiguous")
            if row["ref"]:
                refs.setdefault(row["ref"], number)
        panels = {}
        for number, row in rows["panels"]:
            if row["ref"] and row["ref"] not in refs:
                bad("panels", number, row, "ref", "no_subscriber")
            if not row["account"]:
                continue
            if not row["account"].isalnum() or len(row["account"]) > 16:
                bad("panels", number, row, "account", "account")
            place = self._account_key(row)
            if place in panels:
                bad("panels", number, row, "account", "twice", (str(panels[place]),))
            panels.setdefault(place, number)
        problems += self._check_accounts(rows["panels"])
        by_account = {
            (row["ref"], number_key(row["account"])) for _n, row in rows["panels"] if row["account"]
        }
        zones = {}
        for number, row in rows["zones"]:
            if not (row["ref"] and row["account"] and row["number"]):
                continue
            place = (row["ref"], number_key(row["account"]))
            if place not in by_account:
                bad("zones", number, row, "account", "no_panel")
            place += (number_key(row["number"]),)
            if place in zones:
                bad("zones", number, row, "number", "twice", (str(zones[place]),))
            zones.setdefault(place, number)
        problems += self._check_contacts(rows["contacts"], refs, bad)
        return problems

    def _check_contacts(self, rows, refs, bad):
        words = {}
        for number, row in rows:
            if row["ref"] and row["ref"] not in refs:
                bad("contacts", number, row, "ref", "no_subscriber")
            for column in ("passcode", "duress_code"):
                word = normalise(row[column])
                if not word:
                    continue
                # Found words are not repeated on the screen.
                shown = row | {column: "•••"}
                if len(word) < MINIMUM:
                    bad("contacts", number, shown, column, "short")
                if words.setdefault((row["ref"], word), column) != column:
                    bad("contacts", number, shown, column, "same_word")
        return []

    def _check_accounts(self, rows):
        """Problems of accounts that are taken; who knows receivers answers."""
        return []

    def _known_refs(self, refs):
        refs = {ref for ref in refs if ref}
        known = self.env["alarm.subscriber"].search(
            [("company_id", "=", self.company_id.id), ("ref", "in", list(refs))]
        )
        return set(known.mapped("ref"))

    def _customers(self, names):
        """{name: partners}: whom a name of the workbook may mean."""
        partners = self.env["res.partner"].search(
            [
                ("name", "in", list({name for name in names if name})),
                ("parent_id", "=", False),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        return partners.grouped("name")

    # --- importing

    @api.model
    def _run_queued(self):
        """Import what is queued: each workbook in a transaction of its own, beside the one that
        keeps the progress."""
        # There is one run at a time: what still says that it runs was interrupted.
        self.search([("state", "=", "running")])._by_verb().write(
            {
                "state": "failed",
                "done": 0,
                "summary": self.env._(
                    "The import was interrupted; nothing was imported. Check the workbook again."
                ),
            }
        )
        for book in self.search([("state", "=", "queued")], order="id"):
            book._run()

    def _run(self):
        self.ensure_one()
        self._by_verb().write({"state": "running", "done": 0})
        # What is seen of the run while it goes on is committed apart from what it makes.
        self.env.cr.commit()  # pylint: disable=invalid-commit

        def report(done):
            self._by_verb().write({"done": done})
            self.env.cr.commit()  # pylint: disable=invalid-commit

        try:
            with closing(self.env.registry.cursor()) as cr:
                context = {"lang": self.user_id.lang, "allowed_company_ids": self.company_id.ids}
                env = api.Environment(cr, self.user_id.id, context)
                summary = self.with_env(env)._import_all(report)
                cr.commit()  # pylint: disable=invalid-commit
        except Exception as error:
            _logger.exception("Import of workbook %s failed", self.id)
            self.env.invalidate_all()
            self._by_verb().write({"state": "failed", "summary": str(error), "done": 0})
        else:
            self.env.invalidate_all()
            self._by_verb().write(
                {"state": "done", "summary": summary, "done": self.total, "file": False}
            )
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _import_all(self, report=None):
        """Make all records of the workbook; nothing of it when something is wrong.

        :param report: called with the number of rows done
        :return: what was made, in words
        """
        self.ensure_one()
        rows, problems = self._read()
        if problems:
            raise UserError(
                self.env._(
                    "%(name)s has errors by now (%(count)s); nothing was imported. Check it again.",
                    name=self.name,
                    count=len(problems),
                )
            )
        book = self.with_company(self.company_id).with_context(
            tracking_disable=True, mail_create_nosubscribe=True, no_vat_validation=True
        )
        done = 0
        made = {}
        for maker in ("subscribers", "panels", "zones", "contacts"):
            for batch in split_every(500, [row for _number, row in rows[maker]], list):
                getattr(book, f"_make_{maker}")(batch, made)
                done += len(batch)
                self.env.flush_all()
                if report:
                    report(done)
        book._fill_in_panels(rows, made)
        return self._count_words(rows)

    def _make_subscribers(self, batch, made):
        Partner = self.env["res.partner"]
        customers = made.setdefault("customers", {})
        names = [row["customer"] for row in batch if row["customer"] not in customers]
        for name, partners in self._customers(names).items():
            customers[name] = partners[0].id
        new = list(dict.fromkeys(name for name in names if name not in customers))
        for partner in Partner.create([self._prepare_customer(name) for name in new]):
            customers[partner.name] = partner.id
        addresses = Partner.create(
            [self._prepare_premises(row, customers[row["customer"]]) for row in batch]
        )
        subscribers = self.env["alarm.subscriber"].create(
            [
                self._prepare_subscriber(row, customers[row["customer"]], address.id)
                for row, address in zip(batch, addresses, strict=True)
            ]
        )
        made.setdefault("subscribers", {}).update(
            {subscriber.ref: subscriber.id for subscriber in subscribers}
        )

    def _prepare_customer(self, name):
        return {"name": name, "is_company": True, "company_id": self.company_id.id}

    def _prepare_premises(self, row, customer_id):
        return {
            "name": row["name"],
            "type": "delivery",
            "parent_id": customer_id,
            "company_id": self.env["res.partner"].browse(customer_id).company_id.id,
            "partner_latitude": row["latitude"],
            "partner_longitude": row["longitude"],
            **{name: row[name] for name in ("street", "street2", "city", "zip", "phone")},
        }

    def _prepare_subscriber(self, row, customer_id, address_id):
        values = {
            "ref": row["ref"],
            "name": row["name"],
            "company_id": self.company_id.id,
            "partner_id": customer_id,
            "address_id": address_id,
            "category_id": row["category"],
            "risk": row["risk"],
            "service_level_id": row["service_level"],
            "territory_id": row["territory"],
            "police_partner_id": row["police"],
            "fire_partner_id": row["fire"],
            "tz": row["tz"],
            "directions": row["directions"],
        }
        return {name: value for name, value in values.items() if value is not None}

    def _make_panels(self, batch, made):
        panels = self.env["alarm.panel"].create([self._prepare_panel(row, made) for row in batch])
        made.setdefault("panels", {}).update(
            {
                (row["ref"], number_key(row["account"])): panel.id
                for row, panel in zip(batch, panels, strict=True)
            }
        )

    def _prepare_panel(self, row, made):
        values = {
            "subscriber_id": made["subscribers"][row["ref"]],
            "account": row["account"],
            "name": row["name"],
            "type_id": row["panel_type"],
            "panel_model": row["panel_model"],
            "supervision_interval": row["supervision_interval"],
        }
        return {name: value for name, value in values.items() if value is not None}

    def _fill_in_panels(self, rows, made):
        """Panels of which the workbook has no zone get those of their type."""
        with_zones = {(row["ref"], number_key(row["account"])) for _number, row in rows["zones"]}
        ids = [id_ for place, id_ in made.get("panels", {}).items() if place not in with_zones]
        self.env["alarm.panel"].browse(ids).filtered("type_id")._add_type_zones()

    def _make_zones(self, batch, made):
        areas = made.setdefault("areas", {})
        missing = {}
        for row in batch:
            place = self._area_place(row, made)
            if row["area"] and place not in areas:
                missing.setdefault(place, row["area"])
        created = self.env["alarm.area"].create(
            [
                {"panel_id": panel, "number": number, "name": self.env._("Area %s", number)}
                for (panel, _number), number in missing.items()
            ]
        )
        areas.update(dict(zip(missing, created.ids, strict=True)))
        self.env["alarm.zone"].create(
            [
                {
                    "panel_id": self._area_place(row, made)[0],
                    "number": row["number"],
                    "name": row["name"],
                    "detector_type": row["detector_type"],
                    "area_id": areas[self._area_place(row, made)] if row["area"] else False,
                    "position": row["position"],
                    "billable": row["billable"] is not False,
                }
                for row in batch
            ]
        )

    def _area_place(self, row, made):
        panel = made["panels"][row["ref"], number_key(row["account"])]
        return panel, number_key(row["area"])

    def _make_contacts(self, batch, made):
        people = made.setdefault("people", {})
        wanted = dict.fromkeys(
            (row["person"], row["phone"] or "")
            for row in batch
            if (row["person"], row["phone"] or "") not in people
        )
        # One person who keeps the keys of many sites is one partner.
        known = self.env["res.partner"].search(
            [
                ("name", "in", [name for name, _phone in wanted]),
                ("is_company", "=", False),
                ("type", "=", "contact"),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        people.update(
            {
                (partner.name, partner.phone or ""): partner.id
                for partner in known
                if (partner.name, partner.phone or "") in wanted
            }
        )
        new = [person for person in wanted if person not in people]
        partners = self.env["res.partner"].create(
            [
                {"name": name, "phone": phone, "company_id": self.company_id.id}
                for name, phone in new
            ]
        )
        people.update(dict(zip(new, partners.ids, strict=True)))
        self.env["alarm.contact"].create(
            [self._prepare_contact(row, made, people) for row in batch]
        )

    def _prepare_contact(self, row, made, people):
        values = {
            "subscriber_id": made["subscribers"][row["ref"]],
            "partner_id": people[row["person"], row["phone"] or ""],
            "role": row["role"],
            "sequence": row["sequence"],
            "available": row["available"],
            "note": row["note"],
            "passcode": row["passcode"],
            "duress_code": row["duress_code"],
        }
        return {name: value for name, value in values.items() if value is not None}

    # --- words

    def _count_words(self, rows):
        return self.env._(
            "%(subscribers)s subscribers, %(panels)s panels, %(zones)s zones, "
            "%(contacts)s contacts",
            **{
                sheet: len(rows.get(sheet, ()))
                for sheet in ("subscribers", "panels", "zones", "contacts")
            },
        )

    def _prepare_problem(self, problem):
        chinese = self.env.lang == "zh_CN"
        sheet = next((each for each in self._sheets() if each.name == problem.sheet), None)
        # "D Kind": the letter of the column and its heading.
        letter, _blank, heading = problem.column.partition(" ")
        if sheet and chinese:
            headings = {column.en: column.zh for column in sheet.columns}
            heading = headings.get(heading, heading)
        return {
            "import_id": self.id,
            "sheet": sheet and (sheet.zh if chinese else sheet.en),
            "row": problem.row,
            "column": f"{letter} {heading}".strip(),
            "found": problem.found,
            "problem": self._reasons()[problem.reason],
            "allowed": ", ".join(problem.allowed),
        }

    def _reasons(self):
        return {
            "no_workbook": self.env._("This is no Excel workbook."),
            "no_sheet": self.env._("The workbook has no sheet of this name."),
            "no_column": self.env._("The sheet has no column with this heading."),
            "heading": self.env._("No column is called so."),
            "heading_twice": self.env._("The heading is there twice."),
            "empty": self.env._("There is no subscriber in the workbook."),
            "required": self.env._("The cell must not be empty."),
            "integer": self.env._("This is no whole number."),
            "number": self.env._("This is no number."),
            "range": self.env._("The number is too small or too big."),
            "boolean": self.env._("Write yes or no."),
            "choice": self.env._("There is no such value."),
            "twice": self.env._("It is in another row already, the one named here."),
            "exists": self.env._("A subscriber of the register has this reference already."),
            "ambiguous": self.env._("Several customers have this name."),
            "no_subscriber": self.env._("No row of the sheet Subscribers has this reference."),
            "no_panel": self.env._("No row of the sheet Panels has this reference and account."),
            "account": self.env._("An account is 1 to 16 letters or digits."),
            "account_taken": self.env._("A panel of the register has this account already."),
            "short": self.env._("A passcode has at least 3 characters."),
            "same_word": self.env._("A passcode and a duress code of a subscriber must differ."),
        }


class AlarmRegisterImportProblem(models.Model):
    _name = "alarm.register.import.problem"
    _description = "Error in a Workbook"
    _order = "import_id, id"

    import_id = fields.Many2one(
        "alarm.register.import", required=True, index=True, ondelete="cascade"
    )
    sheet = fields.Char(readonly=True)
    row = fields.Integer(readonly=True)
    column = fields.Char(readonly=True)
    found = fields.Char(readonly=True)
    problem = fields.Char(readonly=True)
    allowed = fields.Char(readonly=True)
