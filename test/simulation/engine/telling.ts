/** How a trace tells what goes over the wire: what it says of money, and not its first hundred characters. */

type Body = { readonly [field: string]: unknown };

/** `charge ch3 is authorized, 481 authorized, 0 captured, 0 refunded`; what is no such JSON as it stands, cut. */
export function tellBody(text: string): string {
  const body = parse(text);
  if (body === null) return `"${text.slice(0, 60)}", which is not JSON`;
  const error = body['error'] as Body | undefined;
  if (error !== undefined) return `error ${String(error['code'])}`;
  const list = body['data'];
  if (Array.isArray(list)) return list.length === 0 ? 'found: nothing' : `found: ${list.map(tellObject).join('; ')}`;
  return tellObject(body);
}

/** `evt_5: charge ch3 is succeeded, …` */
export function tellWebhook(text: string): string {
  const body = parse(text);
  const data = body?.['data'];
  if (!isObject(data)) return tellBody(text);
  return `${String(body?.['id'])}: ${tellObject(isObject(data['object']) ? data['object'] : data)}`;
}

function tellObject(made: Body): string {
  // What isn't in the simulator's words is told in its own.
  if (made['object'] === undefined) return JSON.stringify(made).slice(0, 400);
  const { object, id, status, amount, version, source } = made;
  const what = `${String(object)} ${String(id)} is ${String(status)}`;
  const by = source === 'dashboard' ? ', made in the dashboard' : '';
  if (object !== 'charge') return `${what}, ${String(amount)}${by} (version ${String(version)})`;
  const { amount_authorized: authorized, amount_captured: captured, amount_refunded: refunded } = made;
  return `${what}: ${String(authorized)} authorized, ${String(captured)} captured, ${String(refunded)} refunded (version ${String(version)})`;
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null;
}

function parse(text: string): Body | null {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return null;
  }
}
