/** Lets the browser save something under a name that every file system takes. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const [, stem = name, ending = ''] = /^(.*?)(\.[a-z]+)?$/.exec(name) ?? [];
  const link = Object.assign(document.createElement('a'), {
    href: url,
    download: `${stem.replace(/[^\p{L}\p{N}]+/gu, '-')}${ending}`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
