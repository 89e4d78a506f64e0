import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {smallPicture} from "../model/picture";
import {useWork} from "../model/use_work";

/** Photos before the work and after it. */
export class PhotoSection extends Component {
    static template = "alarm_work_order.PhotoSection";
    static props = {order: Object, store: Object};

    setup() {
        this.work = useWork(this.props.store);
        this.notification = useService("notification");
        this.moments = [
            {name: "before", label: _t("Before").toString()},
            {name: "after", label: _t("After").toString()},
        ];
    }

    get isOpen() {
        return ["scheduled", "in_progress", "testing"].includes(this.props.order.state);
    }

    taken(moment) {
        const removed = new Set(
            this.work
                .pending(this.props.order.id, "photo_remove")
                .map((call) => call.values.id)
        );
        return this.props.order.photos.filter(
            (photo) => photo.moment === moment && !removed.has(photo.id)
        );
    }

    /** Photos that the server does not have yet. */
    waiting(moment) {
        return this.work
            .pending(this.props.order.id, "photo")
            .filter((call) => call.values.moment === moment);
    }

    async add(moment, ev) {
        const files = [...ev.target.files];
        ev.target.value = "";
        for (const file of files) {
            let image = null;
            try {
                image = await smallPicture(file);
            } catch {
                this.notification.add(_t("%s is no photo.", file.name), {
                    type: "danger",
                });
                continue;
            }
            this.props.store.send(this.props.order.id, "photo", {
                image,
                moment,
                at: new Date().toISOString(),
            });
        }
    }

    remove(photo) {
        this.props.store.send(this.props.order.id, "photo_remove", {id: photo.id});
    }

    url(photo, field) {
        return `/web/image/alarm.work.order.photo/${photo.id}/${field}`;
    }
}

registry.category("alarm_work_sections").add("photos", {
    Component: PhotoSection,
    sequence: 40,
    label: _t("Photos"),
    note: (order) => (order.photos.length ? String(order.photos.length) : ""),
});
