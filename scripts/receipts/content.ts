import { between, pick, type Random, whole } from './random.ts';

/** What is printed on a receipt, and what it adds up to. All of it is made up. */
export interface Receipt {
  shop: string;
  /** ISO date. */
  date: string;
  currency: string;
  /** In the currency's smallest unit. */
  totalCents: number;
  lines: ReceiptLine[];
}

export interface ReceiptLine {
  text: string;
  style: 'plain' | 'bold' | 'large';
}

interface Shop {
  name: string;
  street: string;
  goods: readonly (readonly [name: string, low: number, high: number])[];
}

const shops: readonly Shop[] = [
  {
    name: 'CORNER BAKERY',
    street: '14 Mill Lane, Oakford',
    goods: [
      ['Sourdough loaf', 3.5, 5.2],
      ['Butter croissant', 1.6, 2.4],
      ['Cinnamon roll', 2.1, 3.1],
      ['Rye bread', 3.2, 4.4],
      ['Apple tart', 2.8, 4.9],
      ['Espresso', 1.9, 2.6],
    ],
  },
  {
    name: 'GREEN GROCER & SONS',
    street: '3 Market Square, Harwick',
    goods: [
      ['Tomatoes 1kg', 2.2, 3.9],
      ['Potatoes 2kg', 2.6, 3.5],
      ['Bananas', 1.2, 2.4],
      ['Lemons x4', 1.5, 2.2],
      ['Spinach', 1.8, 2.9],
      ['Free range eggs', 2.9, 4.6],
      ['Oat milk', 1.9, 2.7],
    ],
  },
  {
    name: 'NORTHSIDE HARDWARE',
    street: '220 Station Road, Lindal',
    goods: [
      ['Wood screws 50', 4.2, 6.9],
      ['Paint brush 40mm', 3.9, 8.5],
      ['Masking tape', 2.4, 3.9],
      ['LED bulb 9W', 3.5, 7.2],
      ['Sandpaper set', 5.1, 9.4],
      ['Wall plugs 8mm', 2.2, 4.1],
    ],
  },
  {
    name: 'CAFE LUMEN',
    street: '7 Harbour Street, Brandvik',
    goods: [
      ['Flat white', 3.2, 4.6],
      ['Filter coffee', 2.4, 3.3],
      ['Avocado toast', 7.5, 10.9],
      ['Carrot cake', 4.1, 5.8],
      ['Sparkling water', 2.2, 3.4],
      ['Lunch plate', 10.9, 15.5],
    ],
  },
  {
    name: 'PAPER & PEN',
    street: '51 College Avenue, Easton',
    goods: [
      ['Notebook A5', 4.9, 9.8],
      ['Gel pen black', 1.4, 2.6],
      ['Envelopes 25', 3.1, 4.7],
      ['Stapler', 6.9, 12.5],
      ['Copy paper 500', 4.5, 7.3],
    ],
  },
  {
    name: 'RIVERSIDE PHARMACY',
    street: '9 Bridge Street, Walden',
    goods: [
      ['Plasters 20', 2.3, 4.2],
      ['Vitamin C', 5.9, 11.8],
      ['Hand cream', 4.4, 8.2],
      ['Throat sweets', 2.9, 4.8],
      ['Sun lotion 50', 9.9, 16.4],
    ],
  },
  {
    name: 'CITY TAXI 0042',
    street: 'Rank 2, Central Station',
    goods: [
      ['Base fare', 3.5, 4.5],
      ['Distance', 6.2, 28.9],
      ['Waiting time', 1.1, 6.3],
      ['Luggage', 1.0, 3.0],
    ],
  },
];

const currencies = ['EUR', 'EUR', 'USD', 'GBP', 'CHF', 'SEK'] as const;
const thanks = ['Thank you for your visit', 'Please come again', 'Goods exchanged within 14 days', 'Have a nice day'];
const columns = 34;

export function makeReceipt(random: Random): Receipt {
  const shop = pick(random, shops);
  const currency = pick(random, currencies);
  const scale = currency === 'SEK' ? 10 : 1;
  const date = `2026-${two(whole(random, 1, 12))}-${two(whole(random, 1, 28))}`;
  const bought = chooseGoods(random, shop).map(([name, low, high]) => {
    const quantity = random() < 0.75 ? 1 : whole(random, 2, 4);
    return { name, quantity, cents: quantity * Math.round(between(random, low, high) * scale * 20) * 5 };
  });
  const totalCents = bought.reduce((sum, item) => sum + item.cents, 0);
  const lines = [...heading(random, shop, date), ...bought.map(printItem), ...footing(random, totalCents, currency)];
  return { shop: shop.name, date, currency, totalCents, lines };
}

/** An amount as it is printed: two decimals, a point, nothing between thousands. */
export function formatAmount(cents: number): string {
  return (cents / 100).toFixed(2);
}

function chooseGoods(random: Random, shop: Shop): Shop['goods'] {
  const left = [...shop.goods];
  const count = whole(random, 2, left.length);
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}

function heading(random: Random, shop: Shop, date: string): ReceiptLine[] {
  const time = `${two(whole(random, 7, 21))}:${two(whole(random, 0, 59))}`;
  return [
    { text: centred(shop.name), style: 'bold' },
    plain(centred(shop.street)),
    plain(''),
    plain(spread(`Date ${printedDate(random, date)}`, time)),
    plain(spread(`Receipt ${whole(random, 1000, 99_999)}`, `Till ${whole(random, 1, 6)}`)),
    rule,
  ];
}

function footing(random: Random, totalCents: number, currency: string): ReceiptLine[] {
  const net = Math.round(totalCents / 1.2);
  const card = `Card **** ${whole(random, 1000, 9999)}`;
  return [
    rule,
    plain(spread('Net amount', formatAmount(net))),
    plain(spread('Tax 20%', formatAmount(totalCents - net))),
    plain(''),
    totalLine(random, totalCents, currency),
    plain(''),
    plain(random() < 0.6 ? spread(card, 'approved') : 'Paid in cash'),
    plain(''),
    plain(centred(pick(random, thanks))),
  ];
}

/** The one line that counts, in the ways that tills print it: `TOTAL EUR 21.80`, `TOTAL   EUR   21.80`, large or bold. */
function totalLine(random: Random, totalCents: number, currency: string): ReceiptLine {
  const amount = formatAmount(totalCents);
  if (random() < 0.4) return { text: `TOTAL ${currency} ${amount}`, style: 'large' };
  return { text: spread(`TOTAL ${currency}`, amount), style: 'bold' };
}

function printItem(item: { name: string; quantity: number; cents: number }): ReceiptLine {
  return plain(spread(item.quantity === 1 ? item.name : `${item.quantity} x ${item.name}`, formatAmount(item.cents)));
}

function printedDate(random: Random, date: string): string {
  const [year, month, day] = date.split('-');
  return pick(random, [date, `${day}.${month}.${year}`, `${day}/${month}/${year}`]);
}

function plain(text: string): ReceiptLine {
  return { text, style: 'plain' };
}

const rule = plain('-'.repeat(columns));

function spread(left: string, right: string): string {
  return left + ' '.repeat(Math.max(1, columns - left.length - right.length)) + right;
}

function centred(text: string): string {
  return ' '.repeat(Math.max(0, Math.floor((columns - text.length) / 2))) + text;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
