// The shop's page: what a shop's own script would do. Every call of `tropa` is one that shops make.

const PRODUCTS = [
  { product_id: 'dune', title: 'Dune lamp', price: 129 },
  { product_id: 'aurora', title: 'Aurora desk lamp', price: 49.9 },
  { product_id: 'fjord', title: 'Fjord pendant', price: 189 },
  { product_id: 'bulb', title: 'Warm bulb', price: 9 },
];
const CURRENCY = 'EUR';
const money = new Intl.NumberFormat(navigator.language, { style: 'currency', currency: CURRENCY });
const element = (id) => document.getElementById(id);
const cartId = crypto.randomUUID();
const cart = new Map();

const itemsOf = () => [...cart].map(([product, quantity]) => ({ ...product, quantity, url: location.href }));
const totalOf = () => itemsOf().reduce((sum, { price, quantity }) => sum + price * quantity, 0);
const cartNow = () => ({ cart_id: cartId, items: itemsOf(), total: totalOf(), currency: CURRENCY, url: location.href });
const say = (text) => {
  element('told').textContent = text;
};

/** Who it is, and what they agreed to: only what they typed and ticked. */
function introduce() {
  const email = element('email').value.trim();
  if (email === '') return;
  const agreed = element('letters').checked
    ? { email: true, text: element('words').textContent, version: '1' }
    : undefined;
  tropa('identify', { email }, agreed);
}

function show() {
  const lines = itemsOf().map(({ title, quantity, price }) => {
    const line = document.createElement('li');
    const name = document.createElement('span');
    const sum = document.createElement('span');
    name.textContent = quantity > 1 ? `${title} × ${quantity}` : title;
    sum.textContent = money.format(price * quantity);
    line.append(name, sum);
    return line;
  });
  element('items').replaceChildren(...lines);
  element('total').textContent = lines.length === 0 ? 'Empty.' : `Together ${money.format(totalOf())}`;
}

for (const product of PRODUCTS) {
  const card = document.createElement('li');
  const name = document.createElement('strong');
  const price = document.createElement('span');
  const button = document.createElement('button');
  name.textContent = product.title;
  price.textContent = money.format(product.price);
  button.type = 'button';
  button.textContent = 'Into the cart';
  button.setAttribute('aria-label', `${product.title} into the cart`);
  button.addEventListener('click', () => {
    cart.set(product, (cart.get(product) ?? 0) + 1);
    show();
    tropa('product', { ...product, currency: CURRENCY });
    tropa('cart', cartNow());
    say(`${product.title} is in your cart.`);
  });
  card.append(name, price, button);
  element('products').append(card);
}

element('remember').addEventListener('change', ({ target }) => tropa('consent', target.checked));
element('leave').addEventListener('click', () => {
  if (cart.size === 0) return say('Put something into the cart first.');
  introduce();
  // The demonstration's journey has an event of its own, so that it need not wait half an hour.
  tropa('track', 'demo.cart', cartNow());
  say('You left. In fifteen seconds a letter comes.');
});
element('order').addEventListener('click', async () => {
  if (cart.size === 0) return say('Put something into the cart first.');
  introduce();
  tropa('checkout', { ...cartNow(), checkout_id: cartId });
  const body = JSON.stringify({ anonymousId: tropa('id'), email: element('email').value.trim(), items: itemsOf() });
  const answer = await fetch('/order', { method: 'POST', body });
  const { ok, order } = answer.ok ? await answer.json() : { ok: false };
  if (!ok) return say('The order could not be placed; is Tropa running?');
  cart.clear();
  show();
  tropa('cart', cartNow());
  say(`Order ${order} is placed: no reminder will come.`);
});

async function tell() {
  const text = await (await fetch(`/story?visitor=${tropa('id')}`)).text();
  if (text !== '') element('story').textContent = text;
}
show();
setInterval(tell, 2000);
