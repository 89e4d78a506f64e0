from . import charge_words, contract_states, periods, pricing, terms, terms_in_words, timeline
