// Flows of any length. Knows the document; never a page.

type Step = Record<string, unknown>;

/** A flow of so many steps: messages, waits, and every tenth a condition with steps in both ways. */
export function long(count: number): { operandi: 1; name: string; trigger: Step; steps: Step[] } {
  const steps: Step[] = [];
  let number = 0;
  const leaf = (): Step => {
    number += 1;
    return number % 2 === 0
      ? { id: `s_${number}`, wait: { for: '1h' } }
      : { id: `s_${number}`, action: 'log', with: { message: `Paso ${number}` } };
  };
  while (number < count) {
    if (number % 10 !== 9 || number + 5 > count) steps.push(leaf());
    else {
      number += 1;
      const id = `s_${number}`;
      // biome-ignore lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
      steps.push({ id, if: 'event.total > 1.0', then: [leaf(), leaf()], else: [leaf(), leaf()] });
    }
  }
  return { operandi: 1, name: 'Largo', trigger: { event: 'cart.updated' }, steps };
}
