// Who wants to hear of what, by topic; one that fails does not keep the others from hearing. Knows no stream and no page.

export class Topics {
  #takers = new Map();

  /** Returns a function that ends the subscription. */
  on(topic, take) {
    const takers = this.#takers.get(topic) ?? this.#takers.set(topic, new Set()).get(topic);
    takers.add(take);
    return () => takers.delete(take);
  }

  tell(topic, ...facts) {
    for (const take of this.#takers.get(topic) ?? []) {
      try {
        take(...facts);
      } catch (error) {
        console.error(`yiping: a panel failed on ${topic}`, error); // one broken panel must not stop the others
      }
    }
  }
}
