import {Component, useState} from "@odoo/owl";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useWork} from "../model/use_work";

/** So many products are offered for what was typed. */
const FOUND_LIMIT = 8;

/** What was issued, what of it was used, what more is needed. */
export class MaterialSection extends Component {
    static template = "alarm_work_order.MaterialSection";
    static props = {order: Object, store: Object};

    setup() {
        this.work = useWork(this.props.store);
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.search = useState({text: "", found: null, failed: false});
        this.canScan = isBarcodeScannerSupported();
    }

    get isOpen() {
        return ["in_progress", "testing"].includes(this.props.order.state);
    }

    /** {quantity, serials, typed} as it stands on the screen */
    use(row) {
        return this.work.value(this.props.order.id, `material/${row.id}`, {
            quantity: row.reported ? row.used : row.issued,
            serials: row.used_serials,
            typed: "",
        });
    }

    isReported(row) {
        const draft =
            this.work.state.drafts[`${this.props.order.id}/material/${row.id}`];
        return draft === undefined && row.reported;
    }

    change(row, values) {
        this.props.store.setDraft(this.props.order.id, `material/${row.id}`, {
            ...this.use(row),
            ...values,
        });
    }

    toggle(row, serial) {
        const {serials} = this.use(row);
        this.change(row, {
            serials: serials.includes(serial)
                ? serials.filter((one) => one !== serial)
                : [...serials, serial],
        });
    }

    /** Take in a serial number that was typed or scanned. */
    take(row, text) {
        const typed = text.trim();
        if (!typed) {
            return;
        }
        const known = row.serials.find(
            (one) => one.toUpperCase() === typed.toUpperCase()
        );
        if (!known) {
            this.notification.add(
                _t("%(serial)s was not issued for this order.", {serial: typed}),
                {type: "danger"}
            );
            return;
        }
        const {serials} = this.use(row);
        this.change(row, {
            serials: serials.includes(known) ? serials : [...serials, known],
            typed: "",
        });
    }

    async scan(row) {
        const text = await scanBarcode(this.env);
        if (text) {
            this.take(row, text);
        }
    }

    report(row) {
        const {quantity, serials, typed} = this.use(row);
        if (typed.trim()) {
            this.take(row, typed);
            return undefined;
        }
        const values =
            row.tracking === "none"
                ? {id: row.id, quantity: Number(quantity)}
                : {id: row.id, serials, quantity: Number(quantity)};
        return this.props.store.send(this.props.order.id, "material", values, {
            field: `material/${row.id}`,
            shown: {quantity, serials, typed: ""},
        });
    }

    request(row) {
        const field = `request/${row.id}`;
        const quantity = Number(this.work.value(this.props.order.id, field, ""));
        if (quantity > 0) {
            this.props.store.setDraft(this.props.order.id, field, null);
            this.props.store.send(this.props.order.id, "request", {
                product: row.product_id,
                ownership: row.ownership,
                quantity,
            });
        }
    }

    wanted(row) {
        return this.work.value(this.props.order.id, `request/${row.id}`, "");
    }

    want(row, value) {
        this.props.store.setDraft(
            this.props.order.id,
            `request/${row.id}`,
            value || null
        );
    }

    /** Look for a product that was not planned. */
    async find() {
        const {order} = this.props;
        const text = this.search.text.trim();
        if (!text) {
            return;
        }
        const known = new Set(order.material.map((row) => row.product_id));
        try {
            const found = await this.orm.silent.searchRead(
                "product.product",
                [
                    ["type", "=", "consu"],
                    "|",
                    ["name", "ilike", text],
                    ["default_code", "ilike", text],
                ],
                ["display_name"],
                {limit: FOUND_LIMIT}
            );
            this.search.found = found.filter((product) => !known.has(product.id));
            this.search.failed = false;
        } catch {
            this.search.failed = true;
        }
    }

    requestNew(product) {
        Object.assign(this.search, {text: "", found: null});
        const {order, store} = this.props;
        return store.send(order.id, "request", {
            product: product.id,
            ownership: order.material[0]?.ownership || "sold",
            quantity: 1,
        });
    }

    /** What this order brought and belongs to a zone. */
    get devices() {
        return (this.isOpen && this.props.order.devices) || [];
    }

    /** The id of a device's zone as it stands on the screen, false without one. */
    zoneOf(device) {
        return this.work.value(
            this.props.order.id,
            `device_zone/${device.id}`,
            device.zone
        );
    }

    /** The zones to choose from: those that no other device has. */
    zonesFor(device) {
        const taken = new Set(
            this.devices
                .filter((other) => other.id !== device.id)
                .map((other) => this.zoneOf(other))
        );
        return this.props.order.free_zones.filter((zone) => !taken.has(zone.id));
    }

    place(device, text) {
        const zone = Number(text) || false;
        return this.props.store.send(
            this.props.order.id,
            "device_zone",
            {device: device.id, zone},
            {field: `device_zone/${device.id}`, shown: zone}
        );
    }

    returnSurplus() {
        return this.props.store.send(this.props.order.id, "surplus", {});
    }

    get isReturning() {
        return this.work.pending(this.props.order.id, "surplus").length > 0;
    }
}

registry.category("alarm_work_sections").add("material", {
    Component: MaterialSection,
    sequence: 30,
    label: _t("Material"),
    isShown: (order) =>
        order.material.length > 0 || ["in_progress", "testing"].includes(order.state),
    note: (order) => {
        if (!order.material.length) {
            return "";
        }
        const reported = order.material.filter((row) => row.reported).length;
        return `${reported} / ${order.material.length}`;
    },
});
