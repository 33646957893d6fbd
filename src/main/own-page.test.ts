import { describe, expect, test } from 'vitest';
import { externalLink, isAllowedPermission, isOwnPage } from './own-page.ts';

describe('S11: pages, links and permissions', () => {
  test.each([
    ['app://otherthing/', true],
    ['app://otherthing/flows/flow-1?x#y', true],
    ['app://other/', false],
    ['app://otherthing.example/', false],
    ['app://someone@otherthing/', false],
    ['https://otherthing/', false],
    ['file:///etc/hostname', false],
    ['nonsense', false],
  ])('%s is our page: %s', (url, own) => {
    expect(isOwnPage(url)).toBe(own);
  });

  test.each([
    ['https://example.org/a?b', 'https://example.org/a?b'],
    ['mailto:someone@example.org', 'mailto:someone@example.org'],
    ['http://example.org/', null],
    ['https://name:word@example.org/', null],
    ['file:///etc/hostname', null],
    ['javascript:alert(1)', null],
    ['smb://server/share', null],
    [`https://example.org/${'a'.repeat(3000)}`, null],
  ])('%s opens outside as %s', (url, opened) => {
    expect(externalLink(url)).toBe(opened);
  });

  test.each([
    ['local-network-access', 'app://otherthing/', true, true],
    ['local-network-access', 'app://otherthing/', false, false],
    ['local-network-access', 'https://example.org/', true, false],
    ['media', 'app://otherthing/', true, false],
    ['geolocation', 'app://otherthing/', true, false],
    ['notifications', 'app://otherthing/', true, false],
    ['openExternal', 'app://otherthing/', true, false],
  ])('%s for %s (main frame: %s) is granted: %s', (permission, url, isMainFrame, granted) => {
    expect(isAllowedPermission(permission, url, isMainFrame)).toBe(granted);
  });
});
