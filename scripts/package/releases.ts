/** The GitHub repository whose releases an app takes its updates from (S12). */
export interface Releases {
  owner: string;
  repo: string;
}

/** OTHERTHING_RELEASES, `owner/repo`. Without it a package is made that takes no updates and says so. */
export function readReleases(text: string | undefined): Releases | null {
  if (text === undefined || text === '') return null;
  const [, owner, repo] = /^([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([A-Za-z0-9_.-]{1,100})$/.exec(text) ?? [];
  if (owner === undefined || repo === undefined) throw new Error('OTHERTHING_RELEASES has the form owner/repository');
  return { owner, repo };
}

/**
 * app-update.yml, which electron-updater reads in the packaged app. `publisher` is the name in the certificate that signs the Windows
 * installer; an installer signed by somebody else is refused.
 */
export function appUpdateYaml({ owner, repo }: Releases, publisher: string | undefined): string {
  const lines = ['provider: github', `owner: ${owner}`, `repo: ${repo}`, 'updaterCacheDirName: otherthing-updater'];
  if (publisher !== undefined && publisher !== '') lines.push('publisherName:', `  - ${JSON.stringify(publisher)}`);
  return `${lines.join('\n')}\n`;
}
