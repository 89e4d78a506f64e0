import {Component, useState} from "@odoo/owl";

/** Which part of the town, which kind of premises: less of the queue. */
export class QueueNarrowing extends Component {
    static template = "alarm_board.QueueNarrowing";
    static props = {
        store: Object,
        area: String,
        group: String,
        onArea: Function,
        onGroup: Function,
    };

    setup() {
        this.storeState = useState(this.props.store.state);
    }

    /** Cities are those of the open alarms; a chosen one stays when its last has gone. */
    get cities() {
        void this.storeState.revision;
        const cities = new Set();
        for (const {city} of this.props.store.rows.open.values()) {
            if (city) {
                cities.add(city);
            }
        }
        const [kind, chosen] = this.props.area.split("/");
        if (kind === "city") {
            cities.add(chosen);
        }
        return [...cities].sort();
    }
}
