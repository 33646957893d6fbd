// Finds shop, date, currency and total in the text of each receipt.
// `texts` holds what was read in the images, one text each; `images` the files, in the same order.

interface Receipt {
  file: string;
  shop: string;
  date: string;
  currency: string;
  total: number | null;
}

export default function findTotals({ texts, images }: { texts: unknown[]; images?: { name: string }[] }): Receipt[] {
  return texts.map((text, index) => ({ file: images?.[index]?.name ?? `receipt ${index + 1}`, ...readReceipt(String(text ?? '')) }));
}

function readReceipt(text: string): Omit<Receipt, 'file'> {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return { shop: findShop(lines), date: findDate(lines), currency: findCurrency(lines), total: findTotal(lines) };
}

/** The shop's name stands at the top: the first line with at least three letters in a row. */
function findShop(lines: string[]): string {
  return lines.find((line) => /[A-Za-zÀ-ÿ]{3}/.test(line)) ?? '';
}

/** Year first, or day first with points, slashes or hyphens; answered year first. */
function findDate(lines: string[]): string {
  for (const line of lines.map(mendDigits)) {
    const yearFirst = /\b(20\d\d)\s?[-./]\s?(\d{1,2})\s?[-./]\s?(\d{1,2})/.exec(line);
    if (yearFirst && isDay(yearFirst[2], yearFirst[3])) return `${yearFirst[1]}-${two(yearFirst[2])}-${two(yearFirst[3])}`;
    const dayFirst = /\b(\d{1,2})\s?[-./]\s?(\d{1,2})\s?[-./]\s?(20\d\d)/.exec(line);
    if (dayFirst && isDay(dayFirst[2], dayFirst[1])) return `${dayFirst[3]}-${two(dayFirst[2])}-${two(dayFirst[1])}`;
  }
  return '';
}

const codes = ['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'CAD', 'AUD', 'JPY'];
const signs: Record<string, string> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' };

/** The currency beside the total counts; otherwise any on the receipt. */
function findCurrency(lines: string[]): string {
  for (const line of [...lines.filter(isTotal), ...lines]) {
    const upper = line.toUpperCase().replace(/0/g, 'O');
    const code = codes.find((one) => upper.includes(one));
    if (code) return code;
    const sign = Object.keys(signs).find((one) => line.includes(one));
    if (sign) return signs[sign] ?? '';
  }
  return '';
}

/** The amount beside TOTAL, or below it; where that line could not be read, net and tax together. */
function findTotal(lines: string[]): number | null {
  for (let index = lines.length - 1; index >= 0; index--) {
    if (!isTotal(lines[index])) continue;
    const amount = lastAmount(lines[index]) ?? lastAmount(lines[index + 1]);
    if (amount !== null) return amount;
  }
  const net = lastAmount(lines.find((line) => /^net\b/i.test(line)));
  const tax = lastAmount(lines.find((line) => /^tax\b/i.test(line)));
  return net === null || tax === null ? null : Math.round((net + tax) * 100) / 100;
}

/** TOTAL, also where a letter was taken for a digit; not SUBTOTAL. */
function isTotal(line = ''): boolean {
  return /(^|[^A-Z])T[O0]T[A4][L1I]/.test(line.toUpperCase()) && !/SUB\s?-?T[O0]T/i.test(line);
}

/** The last amount with two decimals: 12.50, 12,50, 1 234.50 or 1.234,50. */
function lastAmount(line = ''): number | null {
  const amounts = mendDigits(line).match(/\d{1,3}(?:[ .,']\d{3})*\s?[.,]\s?\d{2}(?!\d)|\d+\s?[.,]\s?\d{2}(?!\d)/g);
  const last = amounts?.[amounts.length - 1];
  return last === undefined ? null : Number(`${last.slice(0, -2).replace(/\D/g, '')}.${last.slice(-2)}`);
}

/** Between digits, letters that look like digits are digits. */
function mendDigits(line: string): string {
  return line
    .replace(/(?<=[\d.,])[OoQD](?=[\d.,]|\s|$)|[OoQ](?=[.,]\s?\d)/g, '0')
    .replace(/(?<=[\d.,])[lI|](?=[\d.,]|\s|$)/g, '1')
    .replace(/(?<=[\d.,])S(?=[\d.,]|\s|$)/g, '5');
}

function isDay(month = '', day = ''): boolean {
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
}

function two(text = ''): string {
  return text.padStart(2, '0');
}
