/** @returns {object} an order as the server sends it */
export function makeOrder(values) {
    return {
        id: 1,
        name: "W2030-00001",
        kind: "installation",
        kind_label: "Installation",
        state: "in_progress",
        state_label: "In Progress",
        site: "Demo Shop",
        ref: "S1",
        customer: "Demo Chain",
        address: "Street 1\nTestville",
        map_url: "https://map.example.com",
        phone: "100 200",
        contacts: [{id: 1, name: "Ann", role: "Owner", phone: "100 300", note: ""}],
        system: "Intrusion",
        urgent: false,
        crew: "Crew A",
        description: "",
        planned_start: "2030-01-07T08:00:00Z",
        planned_end: "2030-01-07T12:00:00Z",
        started_at: null,
        steps: [{verb: "test", label: "Begin Test", main: true, missing: []}],
        checklist: [
            {
                id: 5,
                name: "Site clean",
                answer: "tick",
                unit: "",
                required: true,
                checked: false,
                value: "",
                remark: "",
                answered: false,
            },
            {
                id: 6,
                name: "Battery",
                answer: "value",
                unit: "V",
                required: true,
                checked: false,
                value: "",
                remark: "",
                answered: false,
            },
        ],
        material: [
            {
                id: 7,
                product_id: 70,
                product: "Detector",
                unit: "Units",
                ownership: "sold",
                tracking: "serial",
                planned: 2,
                issued: 2,
                coming: 0,
                short: 0,
                surplus: 0,
                leaving: 0,
                used: 0,
                reported: false,
                serials: ["SN1", "SN2"],
                used_serials: [],
            },
        ],
        devices: [
            {id: 31, name: "Detector", serial: "SN1", zone: false},
            {id: 32, name: "Detector", serial: "SN2", zone: 42},
        ],
        free_zones: [
            {id: 41, number: "1", name: "Front door"},
            {id: 42, number: "2", name: "Hall"},
        ],
        material_surplus: false,
        material_from: "warehouse",
        photos: [],
        plans: [],
        ...values,
    };
}

/** A server of one order that can be out of reach, and remembers the keys it has seen. */
export class FakeServer {
    constructor(order) {
        this.orders = [order];
        this.keys = new Set();
        this.done = [];
        this.refusals = {};
        /** "reached", "gone" (the call does not arrive) or "mute" (the answer does not). */
        this.network = "reached";
    }

    load() {
        return {orders: this.orders, now: "2030-01-07T08:00:00Z"};
    }

    send(calls) {
        const results = calls.map((call) => {
            const message = this.refusals[call.verb];
            if (message) {
                return {key: call.key, ok: false, message};
            }
            if (!this.keys.has(call.key)) {
                this.keys.add(call.key);
                this.done.push(call);
                this.apply(call);
            }
            return {key: call.key, ok: true, message: ""};
        });
        return {results, orders: this.orders};
    }

    apply({verb, values}) {
        const [order] = this.orders;
        if (verb === "checklist") {
            const checklist = order.checklist.map((line) =>
                line.id === values.id ? {...line, ...values, answered: true} : line
            );
            this.orders = [{...order, checklist}];
        } else if (verb === "verb") {
            this.orders = [
                {...order, state: "testing", state_label: "Testing", steps: []},
            ];
        }
    }
}
