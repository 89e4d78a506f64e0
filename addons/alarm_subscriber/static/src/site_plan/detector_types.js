/** How a detector looks on a plan: its picture and its family, which gives the colour. */
export const DETECTOR_LOOKS = {
    contact: {icon: "fa-columns", family: "intrusion"},
    motion: {icon: "fa-wifi", family: "intrusion"},
    glass_break: {icon: "fa-window-maximize", family: "intrusion"},
    vibration: {icon: "fa-bullseye", family: "intrusion"},
    beam: {icon: "fa-arrows-h", family: "intrusion"},
    hold_up: {icon: "fa-hand-paper-o", family: "hold_up"},
    medical: {icon: "fa-plus-square", family: "medical"},
    smoke: {icon: "fa-fire", family: "fire"},
    heat: {icon: "fa-thermometer-full", family: "fire"},
    manual_call_point: {icon: "fa-fire-extinguisher", family: "fire"},
    gas: {icon: "fa-cloud", family: "technical"},
    water: {icon: "fa-tint", family: "technical"},
    video: {icon: "fa-video-camera", family: "video"},
    tamper: {icon: "fa-wrench", family: "tamper"},
    other: {icon: "fa-circle-o", family: "tamper"},
};

export function detectorLook(type) {
    return DETECTOR_LOOKS[type] || DETECTOR_LOOKS.other;
}
