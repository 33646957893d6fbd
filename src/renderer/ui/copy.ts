/** Puts a text on the clipboard; answers whether the browser allowed it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** The older way, for windows whose clipboard permission is refused. Works within a press of a button. */
function copyBySelection(text: string): boolean {
  const held = document.createElement('textarea');
  held.value = text;
  held.style.position = 'fixed';
  held.style.opacity = '0';
  document.body.append(held);
  held.select();
  const copied = document.execCommand('copy');
  held.remove();
  return copied;
}
