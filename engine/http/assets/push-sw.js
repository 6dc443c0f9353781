// The service worker of web push. A shop loads it into its own by one line, `importScripts('<PUBLIC_URL>/push/sw.js')`:
// it shows what Tropa sends, tells what became of it by the signed address that each message brings, and leaves every
// other message of the same worker alone.

(() => {
  const worker = self;
  /** Remembered for the day the browser makes a new subscription: by which address to tell it, and under which key. */
  const STORE = 'tropa-push';
  const NOTE = new URL('/tropa-push.json', worker.location.origin).href;

  const isWeb = (url) => typeof url === 'string' && /^https?:\/\//i.test(url);

  /** A body as text needs no permission from the other origin; nobody waits for the answer. */
  const tell = (report, what) =>
    fetch(report, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      keepalive: true,
      body: JSON.stringify(what),
    }).catch(() => undefined);

  function read(event) {
    try {
      const message = event.data.json();
      return message && typeof message.id === 'string' && isWeb(message.report) ? message : null;
    } catch {
      return null;
    }
  }

  async function show(message) {
    const { id, title, body, lang, icon, image, actions = [], to, via, report } = message;
    await worker.registration.showNotification(String(title), {
      // The same message twice is one notification.
      tag: id,
      body: body || '',
      ...(lang && { lang }),
      ...(isWeb(icon) && { icon }),
      ...(isWeb(image) && { image }),
      actions: actions.map((action, n) => ({ action: String(n), title: String(action.title) })),
      data: { tropa: { to, via, report, actions } },
    });
    await Promise.all([tell(report, { did: 'shown' }), remember(report).catch(() => undefined)]);
  }

  async function remember(report) {
    const subscription = await worker.registration.pushManager.getSubscription();
    const key = subscription?.options.applicationServerKey;
    if (!key) return;
    const text = btoa(String.fromCharCode(...new Uint8Array(key)));
    const note = {
      report,
      endpoint: subscription.endpoint,
      key: text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''),
    };
    await (await caches.open(STORE)).put(NOTE, new Response(JSON.stringify(note)));
  }

  async function open(url) {
    const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const there = windows.find((one) => one.url === url);
    await (there ? there.focus() : worker.clients.openWindow(url));
  }

  async function renew({ oldSubscription, newSubscription }) {
    const kept = await (await caches.open(STORE)).match(NOTE);
    if (!kept) return;
    const { report, endpoint, key } = await kept.json();
    const options = { userVisibleOnly: true, applicationServerKey: key };
    const subscription = newSubscription || (await worker.registration.pushManager.subscribe(options));
    const old = oldSubscription ? oldSubscription.endpoint : endpoint;
    await tell(report, { did: 'renewed', old, subscription: subscription.toJSON() });
  }

  worker.addEventListener('push', (event) => {
    const message = read(event);
    if (message) event.waitUntil(show(message));
  });

  worker.addEventListener('notificationclick', (event) => {
    const mine = event.notification.data?.tropa;
    if (!mine) return;
    event.notification.close();
    const { to, via } = event.action ? mine.actions[Number(event.action)] || {} : mine;
    const told = tell(mine.report, { did: 'clicked', ...(via && { link: via }) });
    event.waitUntil(Promise.all([told, isWeb(to) && open(to)]));
  });

  worker.addEventListener('notificationclose', (event) => {
    const mine = event.notification.data?.tropa;
    if (mine) event.waitUntil(tell(mine.report, { did: 'closed' }));
  });

  worker.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)));
})();
