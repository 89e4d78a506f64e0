from odoo import api, fields, models
from odoo.orm.models import NO_ACCESS

from ..tools.append_only import refuse_changes
from ..tools.revision_values import new_key


class AlarmPersonKey(models.Model):
    """The key with which what the history says of one person is encrypted, itself encrypted with
    the key outside the database. Destroying it erases the person from the history and leaves every
    signature of the history true."""

    _name = "alarm.person.key"
    _description = "Key of a Person's Data in the History"
    _log_access = False
    _rec_name = "person_model"

    person_model = fields.Char(required=True, readonly=True)
    person_key = fields.Integer(required=True, readonly=True)
    wrapped = fields.Char(readonly=True, groups=NO_ACCESS, prefetch=False)
    erased_at = fields.Datetime(readonly=True)

    _person_uniq = models.UniqueIndex("(person_model, person_key) WHERE wrapped IS NOT NULL")

    def init(self):
        # Rows are needed by the history that refers to them; a key is destroyed by emptying it.
        refuse_changes(self.env.cr, self._table, columns=["person_model", "person_key"])

    @api.model
    def _keys_of(self, persons):
        """``(model, id) -> (id of the key, key)``; missing keys are made.

        :param persons: set of ``(model, id)``
        """
        if not persons:
            return {}
        secret = self.env["alarm.secret"]
        found = self._find(persons)
        missing = sorted(persons - found.keys())
        if missing:
            self.env.cr.execute_values(
                "INSERT INTO alarm_person_key (person_model, person_key, wrapped) VALUES %s"
                " ON CONFLICT DO NOTHING",
                [(*person, secret.encrypt(new_key())) for person in missing],
                page_size=len(missing),
            )
            found |= self._find(missing)
        cipher = secret._get_cipher()
        return {
            person: (key_id, cipher.decrypt(wrapped.encode()))
            for person, (key_id, wrapped) in found.items()
        }

    @api.model
    def _find(self, persons):
        self.env.cr.execute(
            """
            SELECT key.id, key.person_model, key.person_key, key.wrapped
              FROM alarm_person_key key
              JOIN unnest(%s::text[], %s::int[]) AS person (model, id)
                ON key.person_model = person.model AND key.person_key = person.id
             WHERE key.wrapped IS NOT NULL
            """,
            [[model for model, _id in persons], [id_ for _model, id_ in persons]],
        )
        return {
            (model, id_): (key_id, wrapped)
            for key_id, model, id_, wrapped in self.env.cr.fetchall()
        }

    @api.model
    def _open(self, key_ids):
        """id -> key of those that were not destroyed."""
        if not key_ids:
            return {}
        self.env.cr.execute(
            "SELECT id, wrapped FROM alarm_person_key WHERE id = ANY(%s) AND wrapped IS NOT NULL",
            [list(key_ids)],
        )
        rows = self.env.cr.fetchall()
        secret = self.env["alarm.secret"]
        return {key_id: secret.decrypt(wrapped) for key_id, wrapped in rows}

    @api.model
    def _destroy(self, persons):
        """Destroy the keys of these persons; return the ids of the keys."""
        self.env.cr.execute(
            """
            UPDATE alarm_person_key key
               SET wrapped = NULL, erased_at = now() AT TIME ZONE 'UTC'
              FROM unnest(%s::text[], %s::int[]) AS person (model, id)
             WHERE key.person_model = person.model AND key.person_key = person.id
               AND key.wrapped IS NOT NULL
         RETURNING key.id
            """,
            [[model for model, _id in persons], [id_ for _model, id_ in persons]],
        )
        self.invalidate_model()
        return [key_id for [key_id] in self.env.cr.fetchall()]
