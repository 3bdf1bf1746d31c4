// The header's "more": closes when somebody presses beside it, chooses from it or presses Escape. Without it the list opens and closes by its word.

export function mountMenu(root) {
  const list = root.querySelector('.desk-more');
  if (!list) return;
  document.addEventListener('pointerdown', event => { if (!list.contains(event.target)) list.open = false; });
  list.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !list.open) return;
    event.stopPropagation();
    list.open = false;
    list.querySelector('summary').focus();
  });
}
