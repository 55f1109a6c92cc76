/** Payments, operations and charges by short names, so that a trace can be read: P3 is the third merchant order, P3.2 its second operation. */
export type Names = ReturnType<typeof createNames>;

const ID = /(?:pay|op|ref)_([0-9a-z]{32})(?:_(\d+))?/;

export function createNames() {
  const payments = new Map<string, string>();

  function learn(paymentId: string, name: string): void {
    payments.set(paymentId.slice('pay_'.length), name);
  }

  /** Of the first id in a text; null where there is none. */
  function payment(text: string): string | null {
    const known = payments.get(text.slice('pay_'.length));
    if (known !== undefined) return known;
    const found = ID.exec(text)?.[1];
    return found === undefined ? null : (payments.get(found) ?? 'another payment');
  }

  function operation(id: string): string {
    const [, of, n] = ID.exec(id) ?? [];
    return of === undefined ? id : `${payments.get(of) ?? 'another payment'}${n === undefined ? '' : `.${n}`}`;
  }

  return { learn, payment, operation };
}
