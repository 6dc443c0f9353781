// How many messages a text costs, counted as carriers count: GSM 03.38's alphabet where it is enough (3GPP TS 23.038
// section 6.2.1), else UCS-2; a text of several parts gives up room in each for the header that joins them (TS 23.040
// section 9.2.3.24.1).

/** What a text costs. */
export interface SmsSize {
  readonly encoding: 'gsm-7' | 'ucs-2';
  readonly segments: number;
  /** Septets or UTF-16 units in all. */
  readonly units: number;
  /** The first character that the cheap alphabet does not have, or null. */
  readonly because: string | null;
}

const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Each takes an escape besides. */
const EXTENDED = new Set('\f^{}\\[~]|€');

/** Counts a text. An empty one is one segment: carriers bill it. */
export function smsSize(text: string): SmsSize {
  const characters = [...text];
  const strange = characters.find((one) => !BASIC.has(one) && !EXTENDED.has(one)) ?? null;
  const widths = characters.map((one) => (strange !== null ? one.length : EXTENDED.has(one) ? 2 : 1));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const [alone, each] = strange === null ? [160, 153] : [70, 67];
  const segments = units <= alone ? 1 : cutInto(widths, each);
  return { encoding: strange === null ? 'gsm-7' : 'ucs-2', segments, units, because: strange };
}

/** An escaped or a surrogate pair is never cut in two: it begins the next part. */
function cutInto(widths: readonly number[], each: number): number {
  let [segments, used] = [1, 0];
  for (const width of widths) {
    if (used + width > each) {
      segments += 1;
      used = 0;
    }
    used += width;
  }
  return segments;
}
