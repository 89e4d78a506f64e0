import {feeMarks} from "@alarm_board_contract/fees";
import {expect, test} from "@odoo/hoot";
import {allowTranslations} from "@web/../tests/web_test_helpers";

test("a row is marked only when fees are overdue", () => {
    allowTranslations();
    expect(feeMarks({facts: {}})).toEqual([]);
    expect(feeMarks({facts: {fees: "ok"}})).toEqual([]);
    const [mark] = feeMarks({facts: {fees: "log_only"}});
    expect(mark.level).toBe("danger");
    expect(mark.name).toBe("fees");
    expect(feeMarks({facts: {fees: "reminded"}})[0].level).toBe(undefined);
});
