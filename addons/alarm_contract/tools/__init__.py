from . import charge_words, contract_states, escalation, exit_fee, periods, pricing, renewal, terms
