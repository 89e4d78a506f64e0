import {describe, expect, test} from "@odoo/hoot";
import {allowTranslations} from "@web/../tests/web_test_helpers";
import {prospectNote, prospectTone} from "@alarm_sale/visit_map/visit_map";

describe.current.tags("headless");

const prospect = {
    name: "Gold Harbour Road",
    label: "Potential",
    address: "19 Harbour Road",
    visits: 0,
    visited: false,
    planned: false,
    late: false,
    plan: "",
};

test("what is overdue is more urgent than what is planned, and that than what was done", () => {
    expect(prospectTone({...prospect, planned: "2026-01-01", late: true})).toBe(
        "danger"
    );
    expect(prospectTone({...prospect, planned: "2026-01-01", visits: 3})).toBe(
        "warning"
    );
    expect(prospectTone({...prospect, visits: 3})).toBe("success");
    expect(prospectTone(prospect)).toBe("muted");
});

test("the note says what comes and what was", () => {
    allowTranslations();
    expect(prospectNote(prospect)).toBe("Potential · 19 Harbour Road");
    expect(
        prospectNote({
            ...prospect,
            planned: "2026-01-02",
            plan: "Visit",
            visited: "2026-01-01",
        })
    ).toBe(
        "Potential · 19 Harbour Road · Visit on 2026-01-02 · last visited on 2026-01-01"
    );
    expect(
        prospectNote({...prospect, planned: "2026-01-02", plan: "Visit", late: true})
    ).toBe("Potential · 19 Harbour Road · Visit overdue since 2026-01-02");
});
