import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useWork} from "@alarm_work_order/work_page/model/use_work";

/** So many products are offered for what was typed. */
const FOUND_LIMIT = 8;

/** What the customer pays for: labour and parts, without their prices. */
export class ChargesSection extends Component {
    static template = "alarm_contract.ChargesSection";
    static props = {order: Object, store: Object};

    setup() {
        this.work = useWork(this.props.store);
        this.orm = useService("orm");
        this.search = useState({text: "", found: null, failed: false});
    }

    /** {product, name, quantity, text} that is being typed, null: nothing. */
    get draft() {
        return this.work.value(this.props.order.id, "charge", null);
    }

    /** What is on its way, in words. */
    get pending() {
        return this.work.pending(this.props.order.id, "charge");
    }

    get isProposing() {
        return this.work.pending(this.props.order.id, "charge_material").length > 0;
    }

    /** What the text says beyond the name of the product. */
    more({product, text}) {
        return text.startsWith(product) ? text.slice(product.length).trim() : text;
    }

    quantity(row) {
        return this.work.value(
            this.props.order.id,
            `charge/${row.id}`,
            String(row.quantity)
        );
    }

    isChanged(row) {
        return Number(this.quantity(row)) !== row.quantity;
    }

    type(row, quantity) {
        this.props.store.setDraft(this.props.order.id, `charge/${row.id}`, quantity);
    }

    /** With "0" the line goes. */
    change(row, quantity) {
        return this.props.store.send(
            this.props.order.id,
            "charge_change",
            {id: row.id, quantity: Number(quantity)},
            {field: `charge/${row.id}`, shown: quantity}
        );
    }

    async find() {
        const text = this.search.text.trim();
        if (!text) {
            return;
        }
        try {
            this.search.found = await this.orm.silent.searchRead(
                "product.product",
                [
                    ["sale_ok", "=", true],
                    "|",
                    ["name", "ilike", text],
                    ["default_code", "ilike", text],
                ],
                ["display_name"],
                {limit: FOUND_LIMIT}
            );
            this.search.failed = false;
        } catch {
            this.search.failed = true;
        }
    }

    pick(id, name) {
        Object.assign(this.search, {text: "", found: null});
        this.edit({product: id, name, quantity: "1", text: ""});
    }

    /** What was typed; null: give it up. */
    edit(values) {
        this.props.store.setDraft(
            this.props.order.id,
            "charge",
            values && {...this.draft, ...values}
        );
    }

    add() {
        const {product, name, quantity, text} = this.draft;
        const {order, store} = this.props;
        store.setDraft(order.id, "charge", null);
        return store.send(
            order.id,
            "charge",
            {product, quantity: Number(quantity), text},
            {shown: `${quantity} × ${name}`}
        );
    }

    propose() {
        return this.props.store.send(this.props.order.id, "charge_material", {});
    }
}

registry.category("alarm_work_sections").add("charges", {
    Component: ChargesSection,
    sequence: 35,
    label: _t("Charges"),
    isShown: (order) =>
        order.charges?.length > 0 ||
        (order.charges_open &&
            ["in_progress", "testing", "accepted"].includes(order.state)),
    note: (order) => (order.charges.length ? String(order.charges.length) : ""),
});
