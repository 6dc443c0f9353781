// What is done to rendered content on its way out: safe and counted links, the open pixel, the preheader, header lines.
// Each passes over the text once, however it was made.

import { decodeEntities } from './entities.ts';

const HREF = /(<(?:a|area|v:\w+)\s[^<>]*?\bhref\s*=\s*)("[^"<>]*"|'[^'<>]*')/gi;
const BARE = /https?:\/\/[^\s<>"')\]]+/g;

/** Passes on web links of an HTML through `links`; ours (`keep`), `mailto:`, `tel:` and anchors stay, scripts go (P24). */
export function rewriteHtml(html: string, links: (url: string) => string, keep: ReadonlySet<string>): string {
  return html.replace(HREF, (whole, before: string, quoted: string) => {
    const url = decodeEntities(quoted.slice(1, -1)).trim();
    if (!isWeb(url)) return safeUrl(url) === '' ? `${before}"#"` : whole;
    const to = keep.has(url) ? url : links(url);
    return to === url ? whole : `${before}"${attribute(to)}"`;
  });
}

/** Rewrites every web address of a plain text; punctuation that ends a sentence stays outside. */
export function rewriteText(text: string, links: (url: string) => string, keep: ReadonlySet<string>): string {
  return text.replace(BARE, (found) => {
    let end = found.length;
    while (end > 0 && '.,;:!?'.includes(found[end - 1] ?? '')) end -= 1;
    const url = found.slice(0, end);
    return keep.has(url) ? found : `${links(url)}${found.slice(end)}`;
  });
}

/** Whether it leads to the web. */
export function isWeb(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

/** The address, or nothing for one that a browser would run or open from the disk. Blanks in a scheme do not hide it. */
export function safeUrl(url: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers skip control characters in a scheme
  const scheme = /^([^:/?#]*):/.exec(url.slice(0, 100).replace(/[\u0000-\u0020\u007f-\u009f]/g, ''))?.[1];
  return scheme !== undefined && /^(javascript|vbscript|data|blob|file)$/i.test(scheme) ? '' : url;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Puts the open pixel before the end of the body. */
export function addPixel(html: string, url: string): string {
  const pixel = `<img src="${attribute(url)}" width="1" height="1" alt="" style="display:none">`;
  const end = Math.max(html.lastIndexOf('</body>'), html.lastIndexOf('</BODY>'));
  return end === -1 ? html + pixel : html.slice(0, end) + pixel + html.slice(end);
}

/** The line an inbox shows after the subject, hidden in the mail itself; the blanks keep the mail's text out of it. */
export function addPreheader(html: string, text: string): string {
  const hidden = `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${attribute(text)}${'&#847;&zwnj;&nbsp;'.repeat(40)}</div>`;
  const start = html.search(/<body[\s>]/i);
  const end = start === -1 ? -1 : html.indexOf('>', start);
  return end === -1 ? hidden + html : html.slice(0, end + 1) + hidden + html.slice(end + 1);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** RFC 5322 allows a line 998 characters; the header's name stands there too. */
const LONGEST_HEADER = 900;

/** One line, no control characters, a sane length: whatever a customer typed, no header is ever added (P25). */
export function headerText(text: string): string {
  const line = text.replace(CONTROLS, ' ').trim();
  if (line.length <= LONGEST_HEADER) return line;
  const cut = line.slice(0, LONGEST_HEADER);
  // Half a character is none.
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
