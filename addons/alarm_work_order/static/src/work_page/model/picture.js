/** Large enough to read a type plate, small enough for a bad network. */
const LONGEST_SIDE = 1600;
const QUALITY = 0.75;

/**
 * @param {File} file a photo of any size
 * @returns {Promise<string>} a smaller JPEG as a data URL
 */
export async function smallPicture(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return canvas.toDataURL("image/jpeg", QUALITY);
}
