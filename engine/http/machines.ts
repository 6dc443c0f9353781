// Who asks for a pixel or a link without being the reader: programs that look ahead, mail programs that fetch everything to
// hide their users, and scanners that follow every link. Judged by what the request says of itself and by when it came; what
// only shows over several requests (a burst on every link) is judged in `core/clicks.ts`.
//
// Sources, looked up in 2026:
// - Apple Mail Privacy Protection fetches pictures in the background, whether anybody reads or not, and says exactly
//   `Mozilla/5.0`: https://help.socketlabs.com/docs/identifying-apple-mpp-opens-in-notification-api-events
// - Gmail's proxy (`… (via ggpht.com GoogleImageProxy)`) fetches a picture when the message is displayed, and keeps it:
//   https://www.scientiamobile.com/what-is-google-image-proxy/ · https://wordtothewise.com/2013/12/gmail-deploys-image-proxy-servers/
//   so is Yahoo's (`YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html`). Either may also fetch at
//   delivery, so what comes right then is the proxy's own.
// - Sec-Purpose: prefetch: https://fetch.spec.whatwg.org/#sec-purpose-header; its older names are `Purpose`, `X-Purpose`, `X-Moz`.

import type { Channel } from '../language/template.ts';
import type { Millis } from '../language/values.ts';

export interface Hit {
  readonly kind: 'open' | 'click';
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly channel: Channel;
  /** Since hand-over; null where the message has not been taken yet, or was not to leave this machine. */
  readonly age: Millis | null;
}

/** Why it is a machine's; `burst` is found later. */
export type MachineReason =
  | 'head'
  | 'prefetch'
  | 'no_user_agent'
  | 'privacy_proxy'
  | 'image_proxy'
  | 'scanner'
  | 'program'
  | 'too_soon';

/** No human has read a mail so soon after it was handed over. */
const TOO_SOON: Millis = 2_000;
/** What an image proxy fetches so soon is fetched at delivery, not at display. */
const AT_DELIVERY: Millis = 10_000;

const IMAGE_PROXY =
  /GoogleImageProxy|YahooMailProxy|YahooCacheSystem|Ymail|Outlook-Proxy|mail\.ru image proxy|YandexImages/i;
/** Security products and link checkers, by the names they give themselves. */
const SCANNER =
  /barracuda|proofpoint|mimecast|symantec|messagelabs|fire-?eye|trellix|forti(?:guard|mail)|trend ?micro|sophos|ironport|talos|zscaler|cloudmark|forcepoint|websense|check ?point|kaspersky|bitdefender|zerofox|safe-?links|microsoft-urlanalyzer|microsoft url|office ?365 ?advanced|defender|bingpreview|urldefense|virustotal|phishtank|netcraft|vade ?secure|abusix|spamhaus|threat(?:grid|cloud)/i;
/** Crawlers, link previews of messengers, and programs without a screen. */
const PROGRAM =
  /(?<!cu)bot\b|crawl|spider|slurp|scrap|facebookexternalhit|whatsapp\/|skypeuripreview|slack-imgproxy|vkshare|embedly|preview|headless|phantomjs|\bcurl\/|\bwget\/|python-(?:requests|urllib)|aiohttp|libwww-perl|go-http-client|java\/|apache-httpclient|winhttp|powershell|google-(?:read-aloud|safety|pagerenderer)/i;

/** Why no human made this request, or null where a human may have. */
export function machineReason(hit: Hit): MachineReason | null {
  if (hit.method === 'HEAD') return 'head';
  const said = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => String(hit.headers[name] ?? ''));
  if (said.some((value) => /prefetch|prerender|preview/i.test(value))) return 'prefetch';
  return byName(hit, String(hit.headers['user-agent'] ?? '').trim()) ?? byTime(hit);
}

function byName({ kind, age }: Hit, agent: string): MachineReason | null {
  if (agent === '') return 'no_user_agent';
  if (agent === 'Mozilla/5.0') return 'privacy_proxy';
  // Nobody clicks through a proxy of pictures.
  if (IMAGE_PROXY.test(agent)) return kind === 'click' || age === null || age < AT_DELIVERY ? 'image_proxy' : null;
  if (SCANNER.test(agent)) return 'scanner';
  return PROGRAM.test(agent) ? 'program' : null;
}

/** A push message or SMS is read where it arrives, and may be tapped at once; a mail is not. */
function byTime({ channel, age }: Hit): MachineReason | null {
  return channel === 'email' && age !== null && age < TOO_SOON ? 'too_soon' : null;
}
