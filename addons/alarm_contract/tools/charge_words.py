"""How a charge is said on an invoice, in the language of who pays. Dates and environments are kept,
since one run says the same few dates many thousand times."""

from odoo.tools import format_date


class ChargeWords:
    def __init__(self, env, date):
        self._env = env
        self._date = date
        self._envs = {}
        self._dates = {}

    def name(self, line, period, price, quantity):
        """What is charged, for which period, and why less than all of it."""
        lang = self._lang(line)
        env = self._env_of(lang)
        if "#" in line.name:
            text = line._insert_markers(period.start, period.end)
        else:
            text = line.name
        if line.charge_kind in ("one_off", "deposit"):
            return text
        start, end = self._format(period.start, lang), self._format(period.end, lang)
        parts = [f"{text}\n{start} – {end}"]
        if price.factor != 1:
            parts.append(
                env._("%(days)s of %(whole)s days", days=period.days, whole=period.whole_days)
            )
        if line.discount and line.discount_until and line.discount_until < period.end:
            if line.discount_until >= period.start:
                parts.append(
                    env._(
                        "%(discount)s %% discount until %(date)s",
                        discount=f"{line.discount:g}",
                        date=self._format(line.discount_until, lang),
                    )
                )
        counted = self.counted(line, quantity)
        if counted:
            parts.append(counted)
        return "\n".join((parts[0], ", ".join(parts[1:]))) if parts[1:] else parts[0]

    def counted(self, line, quantity):
        """How the quantity was found, False where nothing is counted."""
        lang = self._lang(line)
        env = self._env_of(lang)
        date = self._format(self._date, lang)
        if line.charge_kind == "per_zone":
            return env._("%(number)s zones on %(date)s", number=f"{quantity:g}", date=date)
        if line.charge_kind == "per_detector":
            return env._("%(number)s detectors on %(date)s", number=f"{quantity:g}", date=date)
        return False

    def nothing_owed(self, line):
        return self._env_of(self._lang(line))._("Nothing is owed for this period.")

    def _lang(self, line):
        return line.contract_id._get_payer_lang()

    def _env_of(self, lang):
        if lang not in self._envs:
            self._envs[lang] = self._env(context={**self._env.context, "lang": lang})
        return self._envs[lang]

    def _format(self, date, lang):
        key = (date, lang)
        if key not in self._dates:
            self._dates[key] = format_date(self._env, date, lang_code=lang or None)
        return self._dates[key]
