/* Tropa for a shop's pages. Calls: tropa('page'), tropa('product', {…}), tropa('cart', {…}), tropa('checkout', {…}),
   tropa('track', name, {…}), tropa('identify', {email}, {email: true, text: '…'}), tropa('consent', true),
   tropa('push', {text: '…'}). No cookies; nothing is kept on this device before tropa('consent', true). */
(() => {
  const script = document.currentScript;
  const { key, pushKey, consent, manual } = script.dataset;
  const base = new URL(script.src).origin;
  const KEEP = 'tropa';
  const waiting = window.tropa?.q ?? [];
  const uuid = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

  // A device may refuse to keep anything (private windows, blocked storage): then this page alone remembers.
  const storage = (work) => {
    try {
      return work(localStorage);
    } catch {
      return null;
    }
  };
  const kept = storage((store) => JSON.parse(store.getItem(KEEP)));
  let allowed = consent === 'granted' || kept !== null;
  const id = kept?.id ?? uuid();
  let queue = kept?.queue ?? [];
  const keep = () => {
    if (allowed) storage((store) => store.setItem(KEEP, JSON.stringify({ id, queue })));
  };

  const LIMIT = 100;
  const ATONCE = 20;
  let sending = false;
  let pause = 1000;
  let timer;
  const post = (path, told) => {
    const body = JSON.stringify({ writeKey: key, ...told });
    return fetch(base + path, {
      method: 'POST',
      // As text a browser sends it without asking the server first.
      headers: { 'content-type': 'text/plain' },
      body,
      credentials: 'omit',
      // Outliving the page is for 64 KB at most: more would be refused, and tried again for ever.
      keepalive: body.length < 20000,
    });
  };
  const flush = async () => {
    if (sending || queue.length === 0 || navigator.onLine === false) return;
    sending = true;
    clearTimeout(timer);
    const batch = queue.slice(0, ATONCE);
    try {
      const { status } = await post('/v1/b', { batch, sentAt: new Date() });
      // What is wrong stays wrong; what could not be taken is told again.
      if (status >= 500 || status === 429) throw status;
      const done = new Set(batch.map((call) => call.messageId));
      queue = queue.filter((call) => !done.has(call.messageId));
      pause = 1000;
      keep();
      sending = false;
      flush();
    } catch {
      sending = false;
      timer = setTimeout(flush, pause);
      pause = Math.min(pause * 2, 60000);
    }
  };

  const call = (type, fields) => {
    const { href, pathname, search } = location;
    const page = { url: href, path: pathname, search, title: document.title, referrer: document.referrer };
    const context = { page, locale: navigator.language, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    queue.push({ type, messageId: uuid(), anonymousId: id, timestamp: new Date(), context, ...fields });
    queue = queue.slice(-LIMIT);
    keep();
    flush();
  };
  const track = (event, properties = {}) => call('track', { event, properties });

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
  /** Asks for permission, so only after a click; resolves to whether they said yes. */
  const push = async ({ sw = '/sw.js', text = 'the permission dialog of the browser', version } = {}) => {
    if (!('PushManager' in window) || (await Notification.requestPermission()) !== 'granted') return false;
    await navigator.serviceWorker.register(sw);
    const { pushManager } = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: bytes(pushKey) };
    // One made under another key (an earlier one, another tool's) stands in the way.
    const subscription = await pushManager.subscribe(options).catch(async () => {
      await (await pushManager.getSubscription())?.unsubscribe();
      return pushManager.subscribe(options);
    });
    return (await post('/push/subscribe', { anonymousId: id, subscription, text, version, page: location.href })).ok;
  };

  const does = {
    page: (properties) => {
      const { href: url, pathname: path } = location;
      call('page', { properties: { url, path, title: document.title, referrer: document.referrer, ...properties } });
    },
    product: (product) => track('product.viewed', product),
    cart: (cart) => track('cart.updated', cart),
    checkout: (checkout) => track('checkout.started', checkout),
    track,
    identify: (traits, agreed) => call('identify', { traits, ...(agreed && { consent: agreed }) }),
    consent: (yes) => {
      allowed = yes !== false;
      if (allowed) keep();
      else storage((store) => store.removeItem(KEEP));
    },
    push,
    id: () => id,
  };
  window.tropa = (name, ...told) => does[name]?.(...told);
  addEventListener('online', flush);
  addEventListener('pagehide', flush);
  keep();
  for (const told of waiting) window.tropa(...told);
  if (manual === undefined) does.page();
})();
