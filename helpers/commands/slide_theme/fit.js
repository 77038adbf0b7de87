// Gives every slide the largest text and code that its page has room for, and its figure what they leave.
const SIZES = [[44, 30], [40, 30], [37, 29], [34, 28], [32, 27], [30, 26], [28, 24], [26, 22], [25, 21], [24, 20]]; // text, code
const BESIDE_CODE = 1.6; // text is at most so much larger than code on the same page
const WITH_FIGURE = 30; // text beside a figure is no larger
const GAP = 12; // between the parts of a page, as in deck.css
const HALF = 362; // a figure's least height, half of the page's
const LONGEST_LINE = 100; // of code; longer ones may wrap

function wraps(pre) {
  const lines = pre.textContent.trimEnd().split('\n');
  if (lines.some(line => line.length > LONGEST_LINE)) return false;
  return pre.scrollHeight > lines.length * parseFloat(getComputedStyle(pre).lineHeight) + 4;
}

function fitPage(page) {
  const body = page.querySelector('.body'), figure = page.querySelector('.output_png img');
  const [pres, tables] = [[...body.querySelectorAll('pre')], [...body.querySelectorAll('table')]];
  const set = ([text, code]) => {
    page.style.setProperty('--text', text + 'px');
    page.style.setProperty('--code', code + 'px');
  };
  const ratio = figure && figure.naturalWidth / figure.naturalHeight;
  const others = [...body.children].filter(part => !part.matches('aside') && !part.contains(figure));
  if (figure && ratio < 1.8 && others.length) body.classList.add('beside');
  const draw = height => {
    const column = figure.closest('.output_area');
    figure.style.height = Math.min(height, column.clientWidth / ratio) + 'px';
  };
  const smallest = SIZES[SIZES.length - 1];
  const code = SIZES.map(size => size[1]).find(size => (set([24, size]), !pres.some(wraps))) || smallest[1];
  const largest = Math.min(figure ? WITH_FIGURE : Infinity, pres.length ? BESIDE_CODE * code : Infinity);
  if (figure) draw(HALF);
  for (const size of SIZES.filter(([text]) => text <= largest)) {
    set([size[0], Math.min(size[1], code)]);
    const wide = tables.some(table => table.scrollWidth > body.clientWidth);
    if (!wide && body.scrollHeight <= body.clientHeight) break;
  }
  if (figure) {
    const used = body.classList.contains('beside') ? figure.closest('.body > *').offsetHeight
      : [...body.children].reduce((sum, part) => sum + part.offsetHeight, 0);
    const gaps = GAP * (others.length + 1);
    draw(figure.clientHeight + Math.max(0, body.clientHeight - used - gaps));
  }
}

async function fit() {
  await Promise.all([...document.images].map(image => image.decode()));
  document.body.classList.add('measuring'); // all slides are laid out, from the top
  document.querySelectorAll('.page').forEach(fitPage);
  document.body.classList.remove('measuring');
}
