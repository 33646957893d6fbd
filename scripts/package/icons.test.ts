import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { resourcePath } from '../../src/platform/paths.ts';
import { icnsFile, icoFile } from './icons.ts';

const png = await sharp({ create: { width: 16, height: 16, channels: 4, background: '#c8f12e' } })
  .png()
  .toBuffer();

test('an ICO says where each PNG lies', () => {
  const file = icoFile([16, 256].map((size) => ({ size, png })));
  const at = (entry: number) => file.subarray(file.readUInt32LE(6 + 16 * entry + 12)).subarray(0, png.length);
  expect(file.readUInt16LE(4)).toBe(2);
  expect([file.readUInt8(6), file.readUInt8(22)]).toEqual([16, 0]);
  expect([at(0).equals(png), at(1).equals(png)]).toEqual([true, true]);
});

test('an ICNS counts its own bytes', () => {
  const file = icnsFile([{ size: 256, png }]);
  expect(file.toString('latin1', 0, 4)).toBe('icns');
  expect(file.readUInt32BE(4)).toBe(file.length);
  expect(file.toString('latin1', 8, 12)).toBe('ic08');
  expect(() => icnsFile([{ size: 16, png }])).toThrow('16 pixels');
});

test('the icons that are shipped are what they say', async () => {
  expect(await sharp(resourcePath('icons', 'icon.png')).metadata()).toMatchObject({
    format: 'png',
    width: 512,
    height: 512,
  });
  const icns = readFileSync(resourcePath('icons', 'icon.icns'));
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  expect(readFileSync(resourcePath('icons', 'icon.ico')).readUInt16LE(4)).toBe(7);
});
