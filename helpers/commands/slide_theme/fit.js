// Gives every slide the largest text and code that its page has room for, its figure what they leave, and its parts
// equal distances. Sizes are pixels of a page of 1280 by 720.
const SIZES = [[44, 30], [40, 30], [37, 29], [34, 28], [32, 27], [30, 26], [28, 24], [26, 22], [25, 21], [24, 20]]; // text, code
const BESIDE_CODE = 1.6; // text is at most so much larger than code on the same page
const WITH_FIGURE = 30; // text with a figure is no larger
const HALF = 362; // a figure's least height, half of the page's
const SQUARE = 1.8; // a figure that is no wider than so many heights stands beside the text
const LONGEST_LINE = 100; // of code; longer ones may wrap, as may commands in a text
const LEAST_GAP = 12, LARGEST_GAP = 44; // between the parts of a page

function wraps(pre) {
  const lines = pre.textContent.trimEnd().split('\n');
  if (pre.matches('.text_cell_render > pre') && lines.length === 1) return false;
  if (lines.some(line => line.length > LONGEST_LINE)) return false;
  return pre.scrollHeight > lines.length * parseFloat(getComputedStyle(pre).lineHeight) + 4;
}

function fitPage(page) {
  const body = page.querySelector('.body'), figure = body.querySelector('.output_png img');
  const pres = [...body.querySelectorAll('pre')].filter(pre => !pre.closest('aside'));
  const parts = [...body.children].filter(part => !part.matches('aside'));
  const set = (text, code) => {
    page.style.setProperty('--text', text + 'px');
    page.style.setProperty('--code', code + 'px');
  };
  const ratio = figure && figure.naturalWidth / figure.naturalHeight;
  const draw = height => {
    const width = figure.closest('.output_area').clientWidth;
    figure.style.height = Math.min(height, width / ratio) + 'px';
  };
  const beside = figure && ratio < SQUARE && parts.length > 1;
  if (beside) body.classList.add('beside');
  if (figure) draw(HALF);
  page.style.setProperty('--gap', LEAST_GAP + 'px');

  const codes = SIZES.map(size => size[1]);
  const code = codes.find(size => (set(24, size), !pres.some(wraps))) || 20;
  const largest = Math.min(figure ? WITH_FIGURE : Infinity, pres.length ? BESIDE_CODE * code : Infinity);
  for (const size of SIZES.filter(([text]) => text <= largest)) {
    set(size[0], Math.min(size[1], code));
    if (body.scrollHeight <= body.clientHeight && body.scrollWidth <= body.clientWidth) break;
  }

  const stacked = parts.filter(part => !(beside && part.contains(figure)));
  const left = () => body.clientHeight - LEAST_GAP - stacked.reduce((sum, part) => sum + part.offsetHeight, 0);
  if (beside) draw(body.clientHeight - 2 * LEAST_GAP);
  else if (figure) draw(figure.clientHeight + Math.max(0, left() - LEAST_GAP * stacked.length));
  const gap = Math.max(LEAST_GAP, Math.min(LARGEST_GAP, left() / (stacked.length + 1)));
  page.style.setProperty('--gap', gap + 'px');
}

async function fit() {
  await Promise.all([...document.images].map(image => image.decode()));
  document.body.classList.add('measuring'); // all slides are laid out, from the top
  document.querySelectorAll('.page').forEach(fitPage);
  document.body.classList.remove('measuring');
}
