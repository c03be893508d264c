/**
 * Opens the dialog as the browser's own modal one: it holds the focus inside, makes the rest inert, and gives the focus back to
 * what had it.
 */
export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement
  dialog.showModal()
  return () => {
    dialog.close()
    if (before instanceof HTMLElement && before.isConnected) before.focus()
  }
}
