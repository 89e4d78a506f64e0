from . import charge_words, contract_states, escalation, exit_fee, periods, pricing, renewal, terms
from . import charge_words, contract_states, periods, pricing, terms, terms_in_words, timeline
