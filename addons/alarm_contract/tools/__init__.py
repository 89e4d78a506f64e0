from . import charge_words, contract_states, periods, pricing, terms
