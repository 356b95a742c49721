/*
 * The secret of an invitation's or a support access's link stands behind the `#`, which browsers send to nobody, so that no log
 * on the way has it. Here it goes into the body of a form, and out of the address bar and the history.
 */
const PAGES = ['/sign-in/invitation', '/sign-in/support'];

const openLink = () => {
  const code = location.hash.slice(1);
  if (code === '' || !PAGES.includes(location.pathname)) return;
  history.replaceState(null, '', location.pathname);
  const form = document.createElement('form');
  form.method = 'post';
  form.action = `${location.pathname}/link`;
  form.hidden = true;
  const field = document.createElement('input');
  field.name = 'code';
  field.value = code;
  form.append(field);
  document.body.append(form);
  form.submit();
};

// A second link that is opened in the same tab changes nothing but what stands behind the `#`.
addEventListener('hashchange', openLink);
openLink();
