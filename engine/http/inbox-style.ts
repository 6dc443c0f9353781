// The stylesheet of the sandbox's inbox: light and dark, narrow and wide.

export const inboxStyle = `:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#16191d;--quiet:#5b6470;--line:#dfe3e8;--hover:#f0f3f7;--accent:#2f5bd7;--good:#17703f;--bad:#b3261e;--warm:#8a5300}
@media (prefers-color-scheme:dark){:root{--page:#101215;--card:#191c20;--ink:#eceef1;--quiet:#9ba4af;--line:#2d3238;--hover:#21252a;--accent:#8fb0ff;--good:#6fd39b;--bad:#ff9a92;--warm:#f0bd6c}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
header,main{max-width:1120px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
main{padding-bottom:56px}
a{color:var(--accent)}
h1{margin:0 0 6px;font-size:26px;line-height:1.25;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{margin:20px 0 6px;font-size:12px;font-weight:600;color:var(--quiet);text-transform:uppercase;letter-spacing:.06em}
aside h2:first-child{margin-top:0}
p{margin:0 0 8px}
.mark{margin-bottom:20px;color:var(--quiet)}
.mark a{color:inherit;text-decoration:none}
.mark b{color:var(--ink)}
.quiet{color:var(--quiet)}
.list{list-style:none;margin:20px 0 0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.list li+li{border-top:1px solid var(--line)}
.line{display:grid;grid-template-columns:64px minmax(0,1fr) minmax(0,220px) 96px 92px;gap:16px;align-items:center;padding:13px 18px;color:inherit;text-decoration:none}
.line:hover{background:var(--hover)}
.line:focus-visible,button:focus-visible,input:focus-visible,.mark a:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
.what{display:block;min-width:0}
.what b,.what .quiet,.to{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.what b{font-weight:600}
.what .quiet,.to,time{font-size:13.5px}
.to,.line time{color:var(--quiet)}
.line time{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.badge,.chip{display:inline-block;justify-self:start;padding:2px 9px;border-radius:99px;font-size:12.5px;line-height:1.5;white-space:nowrap;border:1px solid var(--line);color:var(--quiet)}
.badge{font-weight:600}
.badge.email{color:var(--accent)}
.badge.sms{color:var(--good)}
.badge.push{color:var(--warm)}
.chip.delivered,.chip.opened,.chip.clicked,.chip.replied{color:var(--good);border-color:currentColor}
.chip.bounced,.chip.failed{color:var(--bad);border-color:currentColor}
.chip.unknown,.chip.held{color:var(--warm);border-color:currentColor}
.empty{margin-top:20px;padding:48px 24px;background:var(--card);border:1px dashed var(--line);border-radius:12px;text-align:center;color:var(--quiet)}
.empty b{color:var(--ink);font-size:17px}
.pages{display:flex;gap:20px;padding:16px 2px}
.back a{text-decoration:none}
.meta{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;overflow-wrap:anywhere}
.notice{margin:16px 0 0;padding:12px 16px;border:1px solid currentColor;border-radius:8px;color:var(--bad)}
.acts{display:flex;flex-wrap:wrap;gap:8px;margin:16px 0 20px}
.acts form{display:flex;gap:8px}
.reply{flex:1 1 260px}
.reply input{flex:1;min-width:0}
button,input{padding:8px 14px;border:1px solid var(--line);border-radius:8px;background:var(--card);color:inherit;font:inherit}
button{font-weight:600;cursor:pointer}
button:hover{background:var(--hover);border-color:var(--quiet)}
.message{display:grid;grid-template-columns:minmax(0,1fr) 280px;gap:24px;align-items:start}
iframe{display:block;width:100%;height:75vh;min-height:420px;border:1px solid var(--line);border-radius:12px;background:#fff;resize:vertical;overflow:auto}
aside{padding:18px 20px;background:var(--card);border:1px solid var(--line);border-radius:12px;font-size:14px}
dl{margin:0}
dl div{display:flex;flex-wrap:wrap;gap:0 8px;padding:3px 0}
dt{min-width:82px;color:var(--quiet)}
dd{margin:0;flex:1 1 120px;overflow-wrap:anywhere}
.phone{padding:36px 24px;background:var(--card);border:1px solid var(--line);border-radius:12px}
.bubble{max-width:380px;padding:12px 16px;border-radius:16px 16px 16px 4px;background:var(--hover);border:1px solid var(--line);overflow-wrap:anywhere}
.phone.push .bubble{border-radius:14px}
.bubble p{margin:0;white-space:pre-wrap}
.link{margin:12px 0 0;font-size:13px;overflow-wrap:anywhere}
details{margin-top:20px}
summary{cursor:pointer;color:var(--quiet)}
pre{padding:16px 18px;background:var(--card);border:1px solid var(--line);border-radius:12px;white-space:pre-wrap;overflow-wrap:anywhere;font:13.5px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (max-width:760px){header,main{padding-left:16px;padding-right:16px}
.line{grid-template-columns:auto minmax(0,1fr) auto;gap:4px 10px;padding:13px 14px}
.what{grid-column:1/-1;grid-row:2}
.to{grid-column:1/3;grid-row:3}
.chip{grid-column:2;grid-row:1}
.line .chip{justify-self:end}
.line time{grid-column:3;grid-row:1}
.what .quiet{white-space:normal;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical}
.message{grid-template-columns:minmax(0,1fr)}
iframe{height:70vh}}`;
