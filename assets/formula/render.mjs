// SPDX-License-Identifier: GPL-3.0-or-later
// Sets the formulas of a lesson: every entry { name: TeX } of FOLDER/formulas.json becomes FOLDER/NAME.svg.
// The SVG files are committed, so building Orrery needs neither Node nor MathJax. After a change of a formula:
//
//   npm install --prefix /tmp/mathjax mathjax-full@3
//   node assets/formula/render.mjs /tmp/mathjax assets/diffusion/formula
//
// Glyphs are outlines in currentColor, without <use>: Qt Svg then draws them in any size and theme.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [prefix, folder] = process.argv.slice(2);
if (!prefix || !folder) {
  console.error('usage: node render.mjs MATHJAX_PREFIX FOLDER');
  process.exit(2);
}
const load = createRequire(resolve(prefix) + '/');
const { mathjax } = load('mathjax-full/js/mathjax.js');
const { TeX } = load('mathjax-full/js/input/tex.js');
const { SVG } = load('mathjax-full/js/output/svg.js');
const { liteAdaptor } = load('mathjax-full/js/adaptors/liteAdaptor.js');
const { RegisterHTMLHandler } = load('mathjax-full/js/handlers/html.js');
const { AllPackages } = load('mathjax-full/js/input/tex/AllPackages.js');

const pixelsPerEm = 18; // natural size beside 13 px text
const pixelsPerUnit = pixelsPerEm / 1000; // MathJax draws 1000 units to the em
const marginUnits = 60; // italics reach beyond their advance width

const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const packages = AllPackages.filter((name) => name !== 'noerrors' && name !== 'noundefined');
const page = mathjax.document('', {
  InputJax: new TeX({ packages, formatError: (_, error) => { throw error; } }),
  OutputJax: new SVG({ fontCache: 'none' }),
});

const round = (value) => String(Math.round(value * 100) / 100);

function set(name, tex) {
  const svg = adaptor.firstChild(page.convert(tex, { display: true, em: pixelsPerEm, ex: 8, containerWidth: 1e6 }));
  const [x, y, width, height] = adaptor.getAttribute(svg, 'viewBox').split(' ').map(Number);
  const body = adaptor.innerHTML(svg);
  // Qt Svg draws neither nested pictures nor text set by the browser.
  const unfit = body.match(/<(use|svg|text|foreignObject|image|style)\b/);
  if (unfit) throw new Error(`<${unfit[1]}> in ${name}.svg: Qt Svg would not draw it; write the formula differently`);
  const box = [x - marginUnits, y - marginUnits, width + 2 * marginUnits, height + 2 * marginUnits];
  const plain = body.replace(/ (data-[\w-]+|style|class)="[^"]*"/g, '').replace(/<rect [^>]*width="0"[^>]*><\/rect>/g, '');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${round(box[2] * pixelsPerUnit)}" ` +
    `height="${round(box[3] * pixelsPerUnit)}" viewBox="${box.map(round).join(' ')}">${plain}</svg>\n`;
}

const formulas = JSON.parse(readFileSync(join(folder, 'formulas.json'), 'utf8'));
for (const file of readdirSync(folder)) {
  if (file.endsWith('.svg') && !(file.slice(0, -4) in formulas)) unlinkSync(join(folder, file));
}
for (const [name, tex] of Object.entries(formulas)) {
  writeFileSync(join(folder, `${name}.svg`), set(name, tex));
  console.log(`${name}.svg  ${tex}`);
}
