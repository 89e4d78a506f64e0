import {registry} from "@web/core/registry";
import {Interaction} from "@web/public/interaction";

const POSITION_OPTIONS = {maximumAge: 60000, timeout: 8000, enableHighAccuracy: true};

/** The page of one order: where the phone is, the report's form, and the drawing pads. */
export class DispatchPage extends Interaction {
    static selector = ".o_dispatch_page";
    dynamicContent = {
        "input[name=finding]": {"t-on-change": this.onFinding},
        "#photo_input": {"t-on-change": this.onPhotos},
        ".o_dispatch_pad": {
            "t-on-pointerdown": this.onPenDown,
            "t-on-pointermove": this.onPenMove,
            "t-on-pointerup": this.onPenUp,
            "t-on-pointercancel": this.onPenUp,
        },
        ".o_dispatch_clear": {"t-on-click": this.onClear},
        form: {"t-on-submit": this.onSubmit},
    };

    setup() {
        this.drawing = null;
        this.position = null;
        this.reportEl = this.el.querySelector(".o_dispatch_report");
        this.showCauses();
    }

    start() {
        // Asked for early, so that a tap on a big button waits for nothing.
        if (this.el.querySelector("form") && navigator.geolocation) {
            navigator.geolocation.getCurrentPosition(
                ({coords}) => {
                    this.position = coords;
                },
                () => {
                    this.position = null;
                },
                POSITION_OPTIONS
            );
        }
    }

    onFinding(ev) {
        this.reportEl.dataset.finding = ev.target.value;
        this.showCauses();
    }

    /** Only causes that fit the finding can be chosen. */
    showCauses() {
        if (!this.reportEl) {
            return;
        }
        const finding = this.reportEl.dataset.finding;
        for (const option of this.reportEl.querySelectorAll(
            "#cause_id option[value]"
        )) {
            const fits =
                !finding ||
                finding === "undecided" ||
                !option.dataset.finding ||
                option.dataset.finding === finding;
            option.hidden = !fits;
            option.disabled = !fits;
            if (!fits && option.selected) {
                option.selected = false;
            }
        }
    }

    /** Pictures are kept at once: a phone that runs empty loses none. */
    onPhotos(ev) {
        if (ev.target.files.length) {
            this.fillHidden(this.reportEl);
            this.reportEl.submit();
        }
    }

    onSubmit(ev) {
        this.fillHidden(ev.currentTarget);
        const button = ev.submitter;
        if (button && button.dataset.busy) {
            ev.preventDefault();
        } else if (button) {
            button.dataset.busy = "1";
        }
    }

    fillHidden(form) {
        if (this.position) {
            form.querySelector("[name=latitude]").value = this.position.latitude;
            form.querySelector("[name=longitude]").value = this.position.longitude;
        }
        for (const pad of form.querySelectorAll(".o_dispatch_pad")) {
            if (pad.dataset.drawn) {
                form.querySelector(`input[name=${pad.dataset.input}]`).value =
                    pad.toDataURL("image/png");
            }
        }
    }

    /** Give the pad the pixels of its size on the screen, once. */
    prepare(pad) {
        if (!pad.dataset.prepared) {
            pad.width = pad.clientWidth;
            pad.height = pad.clientHeight;
            pad.dataset.prepared = "1";
        }
        const pen = pad.getContext("2d");
        pen.lineWidth = 2.5;
        pen.lineCap = "round";
        pen.lineJoin = "round";
        pen.strokeStyle = "#101040";
        return pen;
    }

    onPenDown(ev) {
        const pad = ev.currentTarget;
        ev.preventDefault();
        pad.setPointerCapture(ev.pointerId);
        this.drawing = this.prepare(pad);
        this.drawing.beginPath();
        this.drawing.moveTo(ev.offsetX, ev.offsetY);
    }

    onPenMove(ev) {
        if (this.drawing) {
            this.drawing.lineTo(ev.offsetX, ev.offsetY);
            this.drawing.stroke();
            ev.currentTarget.dataset.drawn = "1";
        }
    }

    onPenUp() {
        this.drawing = null;
    }

    onClear(ev) {
        const pad = this.el.querySelector(`#${ev.currentTarget.dataset.pad}`);
        this.prepare(pad).clearRect(0, 0, pad.width, pad.height);
        delete pad.dataset.drawn;
    }
}

registry
    .category("public.interactions")
    .add("alarm_dispatch.dispatch_page", DispatchPage);
