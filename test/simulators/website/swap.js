/** Navigation as Turbo and the like do it: fetch the next page, swap the body, keep the document. */
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-swap]') : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  void visit(link.href);
});

/** @param {string} address */
async function visit(address) {
  const page = await fetch(address);
  const next = new DOMParser().parseFromString(await page.text(), 'text/html');
  history.pushState(null, '', address);
  document.title = next.title;
  document.body.replaceWith(document.adoptNode(next.body));
}
