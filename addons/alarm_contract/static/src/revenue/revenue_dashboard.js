import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {RevenueBridge} from "./revenue_bridge";
import {RevenueCohorts} from "./revenue_cohorts";
import {RevenueFlow} from "./revenue_flow";
import {attritionLevel, behind} from "./revenue_model";
import {RevenueMonths} from "./revenue_months";
import {
    dayWords,
    momentWords,
    moneyWords,
    monthWords,
    numberWords,
    rateWords,
} from "./revenue_words";

const {DateTime} = luxon;

/** How recurring revenue came, went and stayed. */
export class RevenueDashboard extends Component {
    static template = "alarm_contract.RevenueDashboard";
    static components = {
        Layout,
        RevenueBridge,
        RevenueCohorts,
        RevenueFlow,
        RevenueMonths,
    };
    static props = {...standardActionServiceProps};
    static displayName = _t("Recurring Revenue");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            figures: null,
            months: 12,
            until: null,
            classes: [],
            modelId: 0,
        });
        this.moneyWords = moneyWords;
        this.numberWords = numberWords;
        this.rateWords = rateWords;
        onWillStart(() => this.load());
    }

    async load() {
        const {months, until, classes, modelId} = this.state;
        this.state.figures = await this.orm.call(
            "alarm.revenue.movement",
            "get_dashboard",
            [],
            {
                months,
                until: until || false,
                classes: [...classes],
                business_model_ids: modelId ? [modelId] : [],
            }
        );
    }

    get spans() {
        return [6, 12, 24, 36];
    }

    get period() {
        const {whole} = this.state.figures;
        return _t("%(start)s – %(end)s", {
            start: monthWords(whole.start),
            end: dayWords(whole.end),
        });
    }

    get isToday() {
        return this.state.figures.until >= this.state.figures.today;
    }

    get growthWords() {
        const {opening, closing} = this.state.figures.whole;
        if (opening.amount <= 0) {
            return "";
        }
        const growth = closing.amount / opening.amount - 1;
        return _t(
            "%s in the period shown",
            (growth > 0 ? "+" : "") + rateWords(growth)
        );
    }

    get attritionTiles() {
        const {attrition} = this.state.figures;
        const tile = (key, label, hint) => ({
            key,
            label,
            hint,
            words: rateWords(attrition[key]),
            level: attritionLevel(
                attrition[key],
                (attrition.target * Math.min(attrition.months, 12)) / 12
            ),
        });
        return [
            tile(
                "gross",
                _t("Gross Attrition"),
                _t(
                    "Cancellations, drops, downgrades and lower prices ÷ average revenue"
                )
            ),
            tile(
                "net",
                _t("Net Attrition"),
                _t("Gross, less what swaps brought in more than they took out")
            ),
            tile(
                "unit",
                _t("Unit Attrition"),
                _t("Contracts lost ÷ average contracts")
            ),
        ];
    }

    get attritionSpan() {
        const {attrition} = this.state.figures;
        if (attrition.months === 1) {
            return _t("Of the one month that the ledger has, not of a year");
        }
        return attrition.months < 12
            ? _t(
                  "Of the %s months that the ledger has, not of a year",
                  attrition.months
              )
            : _t("Last 12 months");
    }

    get life() {
        const months = this.state.figures.attrition.life_months;
        return months ? _t("%s years", (months / 12).toFixed(1)) : "–";
    }

    get multiple() {
        const {multiple} = this.state.figures.creation;
        return multiple ? _t("%s×", multiple.toFixed(1)) : "–";
    }

    get creationHint() {
        return _t("Cost to create ÷ new revenue of a month, where the cost is known");
    }

    monthsWords(months) {
        return _t("%s months", months);
    }

    get feesWords() {
        return _t("%s fees", numberWords(this.state.figures.whole.closing.lines));
    }

    get knownWords() {
        const {known, contracts} = this.state.figures.creation;
        return _t("%(known)s of %(contracts)s new contracts", {
            known,
            contracts: numberWords(contracts),
        });
    }

    get looseWords() {
        return _t(
            "Fees that ended as a swap although nothing follows them: %s",
            this.state.figures.loose_swaps.count
        );
    }

    get convertedWords() {
        return _t(
            "Converted with the rate of the last day: %s.",
            this.state.figures.converted.join(", ")
        );
    }

    get checkTiles() {
        const {checks} = this.state.figures;
        if (!checks) {
            return [];
        }
        return [
            ["not_billed", _t("Monitored, Not Billed")],
            ["not_monitored", _t("Billed, Not Monitored")],
        ].map(([kind, label]) => ({
            kind,
            label,
            count: checks.checked_at ? checks[kind] : "–",
            level: checks[kind] || !checks.checked_at || checks.late ? "bad" : "good",
            words: this.checkedWords,
        }));
    }

    get checkedWords() {
        const {checked_at: at, late} = this.state.figures.checks;
        if (!at) {
            return _t("Not checked yet");
        }
        return late
            ? _t("Last checked %s: the check has failed since", momentWords(at))
            : _t("Checked %s; it should be 0", momentWords(at));
    }

    set(values) {
        Object.assign(this.state, values);
        return this.load();
    }

    toggleClass(name) {
        const {classes} = this.state;
        return this.set({
            classes: classes.includes(name)
                ? classes.filter((other) => other !== name)
                : [...classes, name],
        });
    }

    /** To the end of another month; that of today is today. */
    move(months) {
        const end = DateTime.fromISO(this.state.figures.until)
            .plus({months})
            .endOf("month")
            .toISODate();
        return this.set({until: end >= this.state.figures.today ? null : end});
    }

    openPeriod(period, key) {
        const {domain} = this.state.figures;
        const stock = key === "opening" || key === "closing";
        this.openList(
            key === "all"
                ? [
                      ...domain,
                      ["booked_on", ">=", period.start],
                      ["booked_on", "<=", period.end],
                  ]
                : behind(domain, period, key),
            stock ? ["contract_id"] : key === "all" ? ["kind"] : []
        );
    }

    openCohort(month) {
        this.openList(
            [...this.state.figures.domain, ["cohort_on", "=", month]],
            ["contract_id"]
        );
    }

    openAttrition() {
        const {domain, year_from: start, until: end, kinds} = this.state.figures;
        const lost = kinds.filter((kind) => kind.lost).map(({kind}) => kind);
        this.openList(
            [
                ...domain,
                ["kind", "in", lost],
                ["booked_on", ">=", start],
                ["booked_on", "<=", end],
            ],
            ["kind"]
        );
    }

    openReason(id) {
        const {domain, year_from: start, until: end} = this.state.figures;
        this.openList([
            ...domain,
            ["kind", "in", ["cancel", "drop"]],
            ["reason_id", "=", id],
            ["booked_on", ">=", start],
            ["booked_on", "<=", end],
        ]);
    }

    openCreated() {
        const {domain, year_from: start, until: end} = this.state.figures;
        this.openList([
            ...domain,
            ["kind", "=", "new"],
            ["contracts", "=", 1],
            ["booked_on", ">=", start],
            ["booked_on", "<=", end],
        ]);
    }

    openCheck(kind) {
        this.action.doAction("alarm_contract.alarm_billing_check_action", {
            additionalContext: {
                search_default_counts: 1,
                [`search_default_${kind}`]: 1,
            },
        });
    }

    openList(domain, groupBy = []) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Movements of Recurring Revenue"),
            res_model: "alarm.revenue.movement",
            views: [
                [false, "list"],
                [false, "pivot"],
                [false, "form"],
            ],
            domain,
            context: {group_by: groupBy},
        });
    }
}

registry.category("actions").add("alarm_revenue_dashboard", RevenueDashboard);
