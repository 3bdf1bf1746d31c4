// What the camera wrote into a photo (Exif: where and when) is carried over to its smaller copy: the server keeps place and time
// as evidence and strips the rest before anybody sees the picture. Reads bytes only; a photo it does not understand has none.

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];
const ORIENTATION = 0x0112;

/** The Exif segment of a JPEG (with its marker), its orientation set upright as the copy is; null where there is none. */
export function exifOf(bytes) {
  const view = new DataView(bytes);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 <= view.byteLength && view.getUint8(at) === 0xff; ) {
    const [marker, length] = [view.getUint8(at + 1), view.getUint16(at + 2)];
    if (marker === 0xda || length < 2 || at + 2 + length > view.byteLength) return null;
    if (marker === 0xe1 && length > 16 && EXIF.every((byte, n) => view.getUint8(at + 4 + n) === byte)) return upright(bytes.slice(at, at + 2 + length));
    at += 2 + length;
  }
  return null;
}

/** Canvas pixels stand upright already: a rotation left in the notes would turn them once more. */
function upright(segment) {
  const view = new DataView(segment, 10);
  const little = view.getUint16(0) === 0x4949;
  const first = view.getUint32(4, little);
  const entries = first + 2 <= view.byteLength ? view.getUint16(first, little) : 0;
  for (let n = 0; n < entries && first + 14 + 12 * n <= view.byteLength; n += 1) {
    const at = first + 2 + 12 * n;
    if (view.getUint16(at, little) === ORIENTATION) view.setUint16(at + 8, 1, little);
  }
  return segment;
}

/** A JPEG with the segment put in after its first two bytes, where the standard wants it. */
export const withExif = (jpeg, segment) => (segment ? new Blob([jpeg.slice(0, 2), segment, jpeg.slice(2)], { type: 'image/jpeg' }) : jpeg);
