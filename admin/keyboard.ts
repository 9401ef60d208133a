/**
 * Keeps the app above the on-screen keyboard. Most browsers make the page smaller when they are asked to
 * (`interactive-widget` in index.html); iPhones lay the keyboard over it, and only say how much is left.
 */

/** What a keyboard covers at least; less is the browser's own bars. */
const keyboardPx = 120;

export function followKeyboard(): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    // A page that is zoomed in shows less of itself without any keyboard.
    const covered = seen.scale > 1.01 ? 0 : innerHeight - seen.height;
    const { style } = document.documentElement;
    if (covered < keyboardPx) {
      style.removeProperty('--parley-height');
      return;
    }
    style.setProperty('--parley-height', `${Math.round(seen.height)}px`);
    // The browser has moved the page up to show the field, which is in view now without that.
    scrollTo(0, 0);
  };
  seen.addEventListener('resize', fit);
  seen.addEventListener('scroll', fit);
}
