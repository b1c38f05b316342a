// Builds ../bundle: canvas.js and canvas.css, grid.js and grid.css, and LICENSES.txt of everything that is inside. Run by `make designer`.
// The first line of each names the hash of the sources; tests/dashboard/test_canvas.py compares it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const bundle = join(here, '..', 'bundle');

/** Every source, in one order everywhere: what stands in src/, and the four files that decide how it is built. */
function sources() {
  const found = readdirSync(join(here, 'src')).map((name) => `src/${name}`);
  return [...found, 'build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'].sort();
}

function hash() {
  const whole = createHash('sha256');
  for (const name of sources()) {
    whole.update(`${name}\0`);
    whole.update(readFileSync(join(here, name)));
    whole.update('\0');
  }
  return whole.digest('hex');
}

/** The folders of the packages that the bundle holds code of. */
function packages(inputs) {
  const found = new Set();
  for (const path of Object.keys(inputs)) {
    const [, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    if (name) found.add(name);
  }
  // dagre's file holds graphlib's code already.
  if (found.has('@dagrejs/dagre')) found.add('@dagrejs/graphlib');
  return [...found].sort();
}

function licence(name) {
  const folder = join(here, 'node_modules', name);
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  if (!file) throw new Error(`${name} brings no text of its licence ${about.license}`);
  const text = readFileSync(join(folder, file), 'utf8').trim();
  const rule = '-'.repeat(100);
  return `${rule}\n${about.name} ${about.version} (${about.license})\n${rule}\n\n${text.replace(/\r/g, '')}\n`;
}

const banner = `/* Kontor's canvas and grid; built by \`make designer\`. Licences: LICENSES.txt. Sources: ${hash()} */`;
const result = await build({
  absWorkingDir: here,
  entryPoints: { canvas: 'src/main.tsx', grid: 'src/grid.ts' },
  outdir: bundle,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none', // all of them stand in LICENSES.txt
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: { js: banner, css: banner },
  metafile: true,
});
mkdirSync(bundle, { recursive: true });
const inside = packages(result.metafile.inputs);
const head = 'The files canvas.js, canvas.css, grid.js and grid.css hold code of these packages, unchanged but for being minified.\n\n';
writeFileSync(join(bundle, 'LICENSES.txt'), head + inside.map(licence).join('\n'));
for (const [path, { bytes }] of Object.entries(result.metafile.outputs)) {
  console.log(`${relative(here, join(here, path))}: ${Math.round(bytes / 1024)} KiB`);
}
console.log(`LICENSES.txt: ${inside.join(', ')}`);
