import {registry} from "@web/core/registry";

/** A big button: a thumb finds it. */
function pressBig(step) {
    return {
        trigger: `[data-step=${step}]`,
        async run({anchor, click}) {
            const {width, height} = anchor.getBoundingClientRect();
            if (width < 300 || height < 56) {
                throw new Error(
                    `The button ${step} is only ${width} × ${height} pixels large`
                );
            }
            await click();
        },
        expectUnloadPage: true,
    };
}

function sign() {
    const pad = document.querySelector("#responder_signature_pad");
    pad.setPointerCapture = () => undefined;
    const {left, top} = pad.getBoundingClientRect();
    for (const [name, x, y] of [
        ["pointerdown", 20, 20],
        ["pointermove", 90, 60],
        ["pointermove", 140, 30],
        ["pointerup", 140, 30],
    ]) {
        pad.dispatchEvent(
            new PointerEvent(name, {
                bubbles: true,
                cancelable: true,
                pointerId: 1,
                clientX: left + x,
                clientY: top + y,
            })
        );
    }
}

registry.category("web_tour.tours").add("alarm_dispatch_phone", {
    steps: () => [
        {
            trigger: ".o_dispatch_card:contains(Site 7001)",
            run() {
                const width = document.documentElement.scrollWidth;
                if (width > window.innerWidth || window.innerWidth > 360) {
                    throw new Error(
                        `${width} pixels on a screen of ${window.innerWidth}`
                    );
                }
            },
        },
        {trigger: ".o_dispatch_card", run: "click", expectUnloadPage: true},
        {trigger: ".o_dispatch_page:contains(mind the dog)"},
        pressBig("accept"),
        pressBig("depart"),
        pressBig("arrive"),
        {trigger: "label[for=finding_false]", run: "click"},
        {trigger: "button[name=finish]", run: "click", expectUnloadPage: true},
        {trigger: ".o_dispatch_message"},
        {
            trigger: "#cause_id",
            run() {
                const offered = document.querySelectorAll(
                    "#cause_id option:not([disabled])"
                );
                if ([...offered].some((option) => option.dataset.finding === "real")) {
                    throw new Error(
                        "Causes of real alarms are offered for a false one"
                    );
                }
            },
        },
        {trigger: "#cause_id", run: "selectByIndex 1"},
        {trigger: "#description", run: "edit window banging"},
        {trigger: "label[for=customer_state_absent]", run: "click"},
        {trigger: "#responder_signature_pad", run: sign},
        {
            trigger: "button[name=finish]",
            run({anchor}) {
                const width = document.documentElement.scrollWidth;
                if (width > window.innerWidth) {
                    throw new Error(`The report is ${width} pixels wide`);
                }
                anchor.click();
            },
            expectUnloadPage: true,
        },
        {trigger: ".o_dispatch_page .alert-success:contains(window banging)"},
    ],
});
