/** Writes the committed copy of the API's description: `npm run openapi`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/platform/paths.ts';
import { describeApi } from '../src/shared/api/openapi.ts';

const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
const file = join(packageRoot(), 'docs', 'openapi.json');
writeFileSync(file, `${JSON.stringify(describeApi(version), null, 2)}\n`);
console.log(`Wrote ${file}`);
