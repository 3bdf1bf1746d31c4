// What the field page's worker keeps in a browser (pages, pictures of tasks) is one account's: it goes when that one leaves, and when a
// page sends its reader to sign in. What was not sent yet stands in another store, under its account, and stays.

export async function clearShelves() {
  if (!globalThis.caches) return; // plain http keeps nothing
  await Promise.all((await caches.keys()).filter(name => name.startsWith('yiping-field-')).map(name => caches.delete(name)));
}
