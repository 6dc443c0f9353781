// Why a mail was returned, told from what servers say about it: their enhanced status (RFC 3463), their reply code, and
// the words that families of mail systems use. Only what means that nobody is there, or never will be, is hard; everything
// else may pass.

export type BounceReason =
  | 'moved'
  | 'unknown user'
  | 'unknown host'
  | 'takes no mail'
  | 'mailbox full'
  | 'suspended'
  | 'policy'
  | 'spam'
  | 'virus'
  | 'too large'
  | 'expired'
  | 'network'
  | 'system'
  | 'busy'
  | 'sender refused'
  | 'relaying'
  | 'filtered'
  | 'refused';

/** What a server or program said about one recipient. */
export interface Diagnosis {
  /** The command that was answered, where that is known: at the end of DATA an address is known to exist. */
  readonly command: 'MAIL' | 'RCPT' | 'DATA' | null;
  /** Enhanced status code, or ''. */
  readonly status: string;
  /** Reply code, or 0. */
  readonly reply: number;
  /** All it said, lower-case, one line. */
  readonly words: string;
}

const HARD: ReadonlySet<BounceReason> = new Set(['moved', 'unknown user', 'unknown host', 'takes no mail']);

export const isHard = (reason: BounceReason): boolean => HARD.has(reason);

type Rule = readonly [BounceReason, RegExp];

/**
 * In order: the first that fits names the reason. What is certainly not about the address stands before what is, because
 * servers wrap one in the words of the other ("550 5.1.1 mailbox full").
 */
const WORDS: readonly Rule[] = [
  ['network', /malformed or unexpected name server reply|(?:server|name) (?:failure|service) .{0,20}try again/],
  ['system', /command output|couldn't create|can't (?:create|open)|unable to create/],
  // Exchange Online says so of recipients its directory does not have.
  ['unknown user', /recipient address rejected: access denied/],
  [
    'moved',
    /(?:has|have) moved|address changed|user has moved|no longer (?:with|at) (?:us|this)|forwarding (?:address|expired)|recipient has moved|has changed (?:his|her|their|its) address|please try (?:<|instead)|user not local; please try|address has (?:been )?changed/,
  ],
  [
    'mailbox full',
    /(?:mailbox|mail box|account|inbox|mailfolder|mail folder|user|quota|recipient|maildir|storage|disk space)[^.]{0,60}(?:is |was |has )?(?:full\b|over ?quota|exceed|out of (?:space|storage)|over (?:the |its )?(?:allowed )?(?:quota|limit)|too full|overquota|over the maximum)|(?:over|exceed(?:s|ed|ing)?|out of) ?(?:the |his |its |their |allowed |mail ?box |disk |storage )*(?:quota|storage|space|size limit of (?:the )?mailbox)|not enough (?:storage )?space|insufficient (?:disk|storage|quota)|quota (?:exceeded|violation|full)|no (?:disk )?space left|mailbox size limit|(?:inbox|mailbox) full|boite .{0,20}pleine|storage full|maximum (?:mailbox )?storage/,
  ],
  ['virus', /virus|malware|infected|worm detected|trojan/],
  [
    'spam',
    /\bspam\b|spamming|junk ?mail|unsolicited|bulk e?mail|looks like spam|considered (?:as )?spam|content filter|spam score|detected as spam|this message (?:scored|was classified)|blocked by (?:your )?content|spamassassin/,
  ],
  [
    'suspended',
    /(?:account|mailbox|user|recipient|address|domain|email|e-mail)[^.;]{0,60}(?:is|has been|was|are|be|temporarily|currently)?\s*(?:suspend|disabled|inactive|locked|deactivat|not active|not currently active|on hold|frozen|blocked due to inactivity|dormant|expired)|suspended|account (?:is )?(?:locked|disabled|inactive|deactivated)|mailbox (?:currently )?(?:disabled|unavailable due)|disabled (?:user|mailbox|account)|inactive (?:user|account|mailbox)|user is (?:inactive|disabled|locked)/,
  ],
  [
    'takes no mail',
    /(?:does not|doesn't|do not|not) accept (?:any )?(?:mail|email|e-mail|messages|smtp)(?: from (?:the )?internet)?\b(?! from)|null ?mx|smtp protocol(?: .{0,20})?not supported|no mail service|not accepting (?:mail|email) for|mail receiving disabled|host does not (?:receive|accept) mail|we do not accept mail/,
  ],
  [
    'sender refused',
    /\bspf\b|\bdkim\b|\bdmarc\b|sender (?:address |domain )?(?:rejected|verif|denied|not allowed|invalid|is not|must|unknown|blocked)|\bptr\b|reverse (?:dns|host|lookup|hostname)|rdns|no rdns|(?:domain of )?sender address|helo|ehlo|authentication (?:required|failed|is required|check)|unauthenticated|not authenticated|must authenticate|from (?:address|header|domain) .{0,40}(?:rejected|invalid|not)|cannot find your hostname|cannot resolve your|fix reverse|my name was rejected|invalid domain name|not authori[sz]ed to send|sender's (?:address|domain)/,
  ],
  [
    'relaying',
    /relay(?:ing)? (?:is )?(?:denied|not (?:allowed|permitted)|access denied|prohibited|forbidden|disabled)|unable to relay|(?:we )?do(?:es)? not relay|not permitted to relay|no relay(?:ing)?\b|relay not permitted|rcpthosts|open relay/,
  ],
  [
    'policy',
    /black ?list|block ?list|\brbl\b|\bdnsbl\b|spamhaus|spamcop|barracuda ?(?:central|reputation)|reputation|blocked (?:using|by|due|for|-|because)|(?:ip|address|host|server|client|connection|network|domain).{0,30}(?:is |was |been |has been )?(?:blocked|banned|listed|blacklisted|denied access)|access denied|not allowed to|not permitted|administratively (?:denied|prohibited)|policy|prohibited|banned|forbidden|security|rejected for|violat|rate limit|limit exceeded|too many (?:recipients|messages sent)|complaints|abuse|restricted/,
  ],
  [
    'too large',
    /(?:message|mail|size)[^.]{0,40}(?:too (?:big|large)|exceeds? (?:the )?(?:maximum|max|size|fixed|limit))|size limit|exceeds? (?:the )?(?:maximum )?(?:message )?size|message size/,
  ],
  [
    'busy',
    /too many (?:connections|concurrent|sessions|simultaneous|messages|emails)|try again later|temporar(?:y|ily)|grey ?list|greylist|throttl|system is busy|server (?:is )?busy|resources (?:temporarily )?unavailable|service (?:not available|unavailable)|unusual rate|deferred/,
  ],
  [
    'unknown host',
    /host (?:or domain name )?(?:unknown|not found|name lookup (?:error|failure))|(?:unknown|no such|nonexistent|non-existent|invalid|unresolvable) (?:host|domain|mail domain)|domain (?:name )?(?:not found|does not exist|doesn't exist|is not (?:found|valid)|unknown|could not be found|must exist)|name (?:or service )?not known|nxdomain|couldn't find any host|cannot find (?:your |the )?(?:host|domain)|no (?:mx|mail exchanger|dns|a) (?:or a )?(?:record|entry|information)s?|unrouteable|unroutable|unrouteable address|name service error|couldn't resolve|could not resolve|dns (?:domain|type)[^.]{0,60}(?:does not exist|not found)|all relevant mx records point to non-existent|(?:host|domain)[^.]{0,60}not found|name server: host not found|bad destination (?:host|system)|no route to (?:domain|host by)|nullmx|domain is not reachable|mail for \S+ loops back|mx (?:points|records) to/,
  ],
  [
    'unknown user',
    /(?:unknown|no such|nonexistent|non-existent|invalid|bad|unrecogni[sz]ed|incorrect|undeliverable|unavailable|illegal) (?:local )?(?:user|recipient|mailbox|address|account|addressee|alias|local part|destination (?:mailbox |email )?address|e-?mail address|mail ?drop|virtual user|person|id)|invalid final delivery|(?:user|recipient|mailbox|address|account|addressee|alias|e-?mail|person|local part|mail ?drop|destination)[^.;]{0,80}?(?:unknown|not (?:be )?(?:found|known|exist|listed|valid|recogni[sz]ed|existing|present|available|a valid|a known)|does ?n[o']t exist|doesn't (?:exist|have)|doesn.t have|did not exist|unavailable|isn't (?:listed|known|in)|is invalid|invalid|no longer (?:exists|available|valid|in use|on server|active|accepts)|undefined|nonexistent|cannot be found|could not be found|couldn't be found)|not a (?:valid|known|registered) (?:user|mailbox|recipient|address|email)|not our customer|no (?:mailbox|account|user|address|recipient|one)(?: here| by that name| with that| named| exists| found| matches|\b)|no one by that|there is no (?:one|such|mailbox|user|account)|this (?:user|address|account|email address|mailbox) (?:doesn't|does not|no longer|isn't)|dosn't exist|delivery to (?:this|that) (?:user|address) (?:is )?impossible|mail-?box(?:es)? (?:not|un)|not listed in|isn't in my|returned mail: (?:user|recipient)|user(?:name)? not (?:found|known)|recipient (?:not (?:found|ok)|address rejected: (?:undeliverable|user|unknown|address|invalid))|directory|address (?:error|rejected)\b|unknown or illegal|destinataire inconnu|adresse .{0,20}inconnue|couldn't be delivered .{0,30}address|unable to find (?:recipient|user|alias)|no valid recipient|account (?:that you tried to reach )?does not exist|vpopmail|no such/,
  ],
  [
    'expired',
    /expired|timed? ?out|too long in (?:the )?queue|queue (?:too long|lifetime)|delivery time|not (?:been )?(?:delivered|transmitted) (?:for|in|within|after)|retry time(?:out)? (?:not|exceeded)|been in (?:the )?queue|giving up|could not be delivered for|retry timeout/,
  ],
  [
    'network',
    /connection (?:refused|reset|lost|dropped|timed|closed|broken)|no route|network (?:is )?unreachable|unreachable|routing loop|mail loop|loop(?:ing|s)? (?:detected|back)|too many hops|hop count|tls|ssl|handshake|lost connection|host (?:is )?(?:down|unreachable)|no connection|wasn't able to establish|lame delegation|bad connection|smtp connection/,
  ],
  [
    'system',
    /system (?:error|failure|problem|config)|internal (?:error|server)|configuration|local (?:error|problem)|mailer (?:error|failed)|command (?:died|failed|error)|exit (?:status|value|code)|i\/o error|service error|unable to (?:open|create|write|lock)|syntax error|protocol|pipe|local delivery failed|can't create|returned a |died with|input\/output/,
  ],
];

/** Reasons by enhanced status, where words tell nothing (RFC 3463 and IANA's registry). */
const STATUSES: readonly (readonly [RegExp, BounceReason])[] = [
  [/^5\.1\.(?:1|3)$/, 'unknown user'],
  [/^5\.1\.2$/, 'unknown host'],
  [/^5\.1\.6$/, 'moved'],
  [/^5\.1\.10$/, 'takes no mail'],
  [/^5\.4\.4$/, 'unknown host'],
  [/^[45]\.2\.2$/, 'mailbox full'],
  [/^[45]\.2\.1$/, 'suspended'],
  [/^[45]\.3\.4$|^[45]\.2\.3$/, 'too large'],
  [/^[45]\.1\.(?:7|8)$/, 'sender refused'],
  [/^[45]\.7\./, 'policy'],
  [/^4\.4\.7$|^5\.4\.7$/, 'expired'],
  [/^[45]\.4\./, 'network'],
  [/^[45]\.3\./, 'system'],
  [/^[45]\.6\./, 'policy'],
];

/** No more than these words; whoever says that a mailbox does not exist means it at any moment. */
const TERSE = /user unknown|unknown user|no such user/;
/** Words of programs that name no code: an address is not given up for them alone. */
const UNPROVEN = /user unknown|unknown user|recipient not found|doesn't have an? \S{1,255} account/;

/**
 * Servers say "user unknown" at other moments too: of the sender, or after they have read the mail and did not want it.
 * Only in answer to RCPT, by an enhanced status, or from a program that delivers is it about the recipient.
 */
function inContext(reason: BounceReason, { status, reply, command, words }: Diagnosis): BounceReason {
  if (reason !== 'unknown user' && reason !== 'unknown host') return reason;
  if (command === 'MAIL') return 'sender refused';
  const isProven = reason === 'unknown host' || /^5\.(?:1\.\d+|2\.1)$/.test(status);
  return isProven || !isDoubtful({ status, reply, command, words }) ? reason : 'filtered';
}

function isDoubtful({ status, reply, command, words }: Diagnosis): boolean {
  if (status === '' && reply === 0) return UNPROVEN.test(words);
  return TERSE.test(words) && (command === 'DATA' || (reply >= 500 && command === null));
}

/** Why, as well as it can be told. */
export function reasonOf({ status, reply, command, words }: Diagnosis): BounceReason {
  const byStatus = STATUSES.find(([pattern]) => pattern.test(status))?.[1];
  const byWords = WORDS.find(([, pattern]) => pattern.test(words))?.[0];
  // An address that fails for the moment is not known to be nobody's.
  const passing = status.startsWith('4.') || (reply >= 400 && reply < 500);
  const told = inContext(byWords ?? byStatus ?? 'refused', { status, reply, command, words });
  return passing && isHard(told) && told !== 'unknown host' ? 'busy' : told;
}
