/* The choice is a cookie, so that the server writes it into the page and no other theme flashes first. */
const YEAR_S = 31_536_000;

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-theme-switch] button');
  if (!button) return;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `theme=${button.value}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
  if (button.value === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = button.value;
  for (const other of button.parentElement.children) other.setAttribute('aria-pressed', String(other === button));
});
