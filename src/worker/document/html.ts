import { convert } from 'html-to-text';

/** What people see of a page: headings, paragraphs, lists and tables; no scripts, menus' addresses or pictures. */
export function textOfHtml(html: string): string {
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'svg', format: 'skip' },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false, maxColumnWidth: 200 } },
    ],
    limits: { maxInputLength: 32 * 1024 * 1024, maxDepth: 500 },
  }).trim();
}
