/* The sketch beside the brand form follows what is typed; nothing is saved by it. */
const LISTENERS = {
  name: (svg, input) => (svg.querySelector('[data-preview-name]').textContent = input.value),
  accent: (svg, input) => svg.querySelector('[data-preview-accent]').setAttribute('fill', input.value),
  address: (svg, input) => (svg.querySelector('[data-preview-address]').textContent = input.value.replaceAll('\n', ' ')),
  logo: showLogo,
};

function showLogo(svg, input) {
  const [file] = input.files;
  if (!file) return;
  const image = svg.querySelector('[data-preview-logo]');
  const old = image.getAttribute('href');
  if (old?.startsWith('blob:')) URL.revokeObjectURL(old);
  image.setAttribute('href', URL.createObjectURL(file));
  svg.querySelector('[data-preview-name]').setAttribute('visibility', 'hidden');
}

document.addEventListener('input', (event) => {
  const svg = event.target.closest('[data-brand-form]')?.querySelector('[data-brand-preview]');
  const show = LISTENERS[event.target.dataset?.preview];
  if (svg && show) show(svg, event.target);
});
