/** A router as single-page frameworks have one: the address changes, the document stays. */
const overview = ['Overview', 'Everything at a glance.'];
const views = new Map([
  ['/spa', overview],
  ['/spa/orders', ['Orders', 'Two chairs are on their way.']],
]);

function draw() {
  const [title = '', text = ''] = views.get(location.pathname) ?? overview;
  const heading = document.createElement('h1');
  heading.textContent = title;
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  document.querySelector('#app')?.replaceChildren(heading, paragraph);
  document.title = `Example Shop, ${title}`;
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-route]') : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  history.pushState(null, '', link.href);
  draw();
});
addEventListener('popstate', draw);
draw();
