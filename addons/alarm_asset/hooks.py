def note_leased_values(env):
    """What was delivered on lease before there were assets: what each serial number took from the
    stock is found from its moves, in their order. The daily job makes assets of what is in use."""
    moves = (
        env["stock.move"]
        .with_context(active_test=False)
        .search(
            [
                ("state", "=", "done"),
                "|",
                ("location_id.equipment_ownership", "=", "leased"),
                ("location_dest_id.equipment_ownership", "=", "leased"),
            ],
            order="date, id",
        )
    )
    for company, group in moves.grouped("company_id").items():
        group.with_company(company)._note_leased_values()
