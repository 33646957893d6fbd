/** Small choices of one person on one machine. A browser that keeps nothing is no reason to fail. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`otherthing.${key}`);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(`otherthing.${key}`, value);
  } catch {
    // Private windows may refuse; the choice then holds until the page is closed.
  }
}
