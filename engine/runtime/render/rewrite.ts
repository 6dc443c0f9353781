// What is done to rendered content on its way out: counted links, the open pixel, the preheader.

const HREF = /(<a\b[^>]*?\shref\s*=\s*)("([^"]*)"|'([^']*)')/gi;
const BARE = /https?:\/\/[^\s<>"')\]]+/g;

/** Rewrites every web link of an `<a>`; ours (`keep`), `mailto:`, `tel:` and anchors stay. */
export function rewriteHtml(html: string, links: (url: string) => string, keep: ReadonlySet<string>): string {
  return html.replace(HREF, (whole, before: string, _quoted: string, double?: string, single?: string) => {
    const url = (double ?? single ?? '').replaceAll('&amp;', '&').trim();
    if (!/^https?:\/\//i.test(url) || keep.has(url)) return whole;
    return `${before}"${links(url).replaceAll('&', '&amp;')}"`;
  });
}

/** Rewrites every web address of a plain text; punctuation that ends a sentence stays outside. */
export function rewriteText(text: string, links: (url: string) => string, keep: ReadonlySet<string>): string {
  return text.replace(BARE, (found) => {
    const tail = /[.,;:!?]+$/.exec(found)?.[0] ?? '';
    const url = tail === '' ? found : found.slice(0, -tail.length);
    return keep.has(url) ? found : `${links(url)}${tail}`;
  });
}

/** Puts the open pixel before the end of the body. */
export function addPixel(html: string, url: string): string {
  const pixel = `<img src="${url.replaceAll('&', '&amp;')}" width="1" height="1" alt="" style="display:none">`;
  const end = html.search(/<\/body>/i);
  return end === -1 ? html + pixel : html.slice(0, end) + pixel + html.slice(end);
}

/** The line an inbox shows after the subject, hidden in the mail itself; the blanks keep the mail's text out of it. */
export function addPreheader(html: string, text: string): string {
  const hidden = `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${text}${'&#847;&zwnj;&nbsp;'.repeat(40)}</div>`;
  const body = /<body[^>]*>/i.exec(html);
  return body === null
    ? hidden + html
    : html.slice(0, body.index + body[0].length) + hidden + html.slice(body.index + body[0].length);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** One line, no control characters, a sane length: whatever a customer typed, no header is ever added (P25). */
export function headerText(text: string): string {
  return text.replace(CONTROLS, ' ').trim().slice(0, 900);
}
