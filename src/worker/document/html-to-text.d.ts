/** The part of html-to-text 10 that is used; the package has no types of its own. */
declare module 'html-to-text' {
  export interface Selector {
    selector: string;
    format?: string;
    options?: Record<string, unknown>;
  }
  export interface Options {
    wordwrap?: number | false | null;
    preserveNewlines?: boolean;
    selectors?: Selector[];
    limits?: { maxInputLength?: number; maxDepth?: number; maxChildNodes?: number };
  }
  export function convert(html: string, options?: Options): string;
}
