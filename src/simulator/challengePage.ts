import type { Charge } from './model.ts';

const STYLE = `
  body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a;
    background: #fff }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem }
  dd { margin: 0; overflow-wrap: anywhere }
  button { font: inherit; padding: .5rem 1.25rem; margin-right: .75rem; border: 2px solid #1a1a1a; border-radius: .375rem;
    background: #fff; color: inherit; cursor: pointer }
  button[value=approve] { background: #0b5d3b; border-color: #0b5d3b; color: #fff }
  button:focus-visible { outline: 3px solid #1a66d1; outline-offset: 2px }
`;

/** The form has no action: it is sent to where the page is, also behind a proxy that shows it under another address. */
export function challengePage(charge: Charge): string {
  return page(
    'Confirm your payment',
    `<p>Your bank (the simulated one) asks whether this payment is yours.</p>
<dl>
  <dt>Amount</dt><dd>${escapeHtml(formatAmount(charge.amount, charge.currency))}</dd>
  <dt>Reference</dt><dd>${escapeHtml(charge.reference)}</dd>
</dl>
<form method="post">
  <button type="submit" name="decision" value="approve">Approve</button>
  <button type="submit" name="decision" value="refuse">Refuse</button>
</form>`,
  );
}

export function answeredPage(): string {
  return page(
    'Nothing to confirm',
    '<p>This payment has been answered or is no longer open. You can close this page.</p>',
  );
}

export function donePage(approved: boolean): string {
  const what = approved ? 'You approved the payment.' : 'You refused the payment.';
  return page('Thank you', `<p>${what} You can close this page.</p>`);
}

export function messagePage(title: string, message: string): string {
  return page(escapeHtml(title), `<p>${escapeHtml(message)}</p>`);
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** From minor units without a float: Intl takes exact decimals as text, and knows how many places a currency has. */
export function formatAmount(amount: bigint, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const places = format.resolvedOptions().maximumFractionDigits ?? 0;
  const digits = amount.toString().padStart(places + 1, '0');
  const cut = digits.length - places;
  const decimal = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return format.format(decimal as `${number}`);
}

function page(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}
