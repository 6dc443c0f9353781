// What storefronts tell (the fields of each event) and what Tropa keeps and tells itself. Events of one's own are as
// welcome; nothing is known about their fields.

const CART = ['cart_id', 'total', 'currency', 'items', 'url'];
const ORDER = ['order_id', 'number', 'cart_id', 'checkout_id', 'total', 'currency', 'items', 'coupon'];
const PRODUCT = ['product_id', 'sku', 'title', 'price', 'old_price', 'quantity', 'url', 'image', 'category'];
const OWN = ['journey', 'step', 'template', 'channel', 'reason', 'value'];

const TOLD: Readonly<Record<string, readonly string[]>> = {
  'product.viewed': ['product_id', 'sku', 'title', 'url', 'image', 'price', 'currency', 'category'],
  'cart.updated': CART,
  'checkout.started': [...CART, 'checkout_id', 'email', 'phone'],
  'checkout.updated': [...CART, 'checkout_id', 'email', 'phone'],
  'order.placed': ORDER,
  'order.paid': ORDER,
  'order.fulfilled': ORDER,
  'order.delivered': ORDER,
  'order.cancelled': ORDER,
  'order.refunded': ['order_id', 'refund_id', 'amount', 'currency', 'items'],
  'product.updated': PRODUCT,
  'stock.changed': PRODUCT,
  'consent.granted': ['channel', 'category', 'text', 'version', 'source', 'ip'],
  'consent.withdrawn': ['channel', 'category', 'text', 'version', 'source', 'ip'],
};

/** Events Tropa makes. */
export const OWN_EVENTS: readonly string[] = [
  ...[
    'sent',
    'delivered',
    'opened',
    'clicked',
    'bounced',
    'failed',
    'skipped',
    'replied',
    'complained',
    'unsubscribed',
  ].map((what) => `message.${what}`),
  'journey.entered',
  'journey.exited',
  'segment.entered',
  'segment.left',
];

/** Every event whose name means something here. */
export const KNOWN_EVENTS: readonly string[] = [...Object.keys(TOLD), 'profile.updated', ...OWN_EVENTS];

/** The fields an event is known to have, or null where nobody can tell. */
export function fieldsOf(event: string): readonly string[] | null {
  if (OWN_EVENTS.includes(event)) return OWN;
  return Object.hasOwn(TOLD, event) ? (TOLD[event] ?? null) : null;
}

/** What Tropa keeps about everybody, and the traits every source knows. */
export const PROFILE_FIELDS: readonly string[] = [
  ...[
    'email',
    'phone',
    'first_name',
    'last_name',
    'locale',
    'timezone',
    'country',
    'city',
    'birthday',
    'gender',
    'tags',
  ],
  ...['orders_count', 'orders_total', 'first_order_at', 'last_order_at', 'created_at', 'last_seen_at'],
];
