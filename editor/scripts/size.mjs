// Holds the budgets of what a browser loads, gzipped: the shell, and what the workflow editor adds to it.
// It follows the static imports of the build's manifest; lazy parts count only where they begin. Run after a build.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = join(import.meta.dirname, '../dist');
const KB = 1000;
const SHELL_MAX = 250 * KB;
const EDITOR_MAX = 220 * KB;
/** What the first picture asks for besides the entry: the texts of one language. */
const FIRST = ['index.html', 'src/i18n/es/shell.json'];
const EDITOR = 'src/pages/workflow/index.tsx';

if (!existsSync(join(DIST, '.vite/manifest.json'))) {
  console.error('there is no build: run `npm run build` first');
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));

/** The JS and CSS files that an entry cannot do without. */
function closure(entry, files = new Set(), seen = new Set()) {
  if (seen.has(entry)) return files;
  seen.add(entry);
  const chunk = manifest[entry];
  if (chunk === undefined) throw new Error(`the build has no ${entry}`);
  files.add(chunk.file);
  for (const sheet of chunk.css ?? []) files.add(sheet);
  for (const needed of chunk.imports ?? []) closure(needed, files, seen);
  return files;
}

const weight = (files) =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length, 0);
const shell = new Set(FIRST.flatMap((entry) => [...closure(entry)]));
const lines = [['shell', weight(shell), SHELL_MAX]];
const pages = Object.keys(manifest).filter((key) => /^src\/pages\/.*(Page|Part|index)\.tsx$/.test(key));
for (const page of pages) {
  const added = [...closure(page)].filter((file) => !shell.has(file));
  lines.push([page.replace('src/pages/', '+ '), weight(added), page === EDITOR ? EDITOR_MAX : SHELL_MAX]);
}

let over = false;
for (const [name, bytes, most] of lines) {
  const bad = bytes > most;
  over ||= bad;
  console.log(
    `${(bytes / KB).toFixed(1).padStart(7)} kB of ${most / KB}  ${name}${bad ? '  TOO LARGE' : ''}`,
  );
}
process.exit(over ? 1 : 0);
