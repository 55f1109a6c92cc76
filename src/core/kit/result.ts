/** An expected outcome is returned, never thrown: the caller can't forget the second half of the union. */
export type Result<Value, Rejection> = { ok: true; value: Value } | { ok: false; error: Rejection };

export function ok<Value>(value: Value): { ok: true; value: Value } {
  return { ok: true, value };
}

export function err<Rejection>(error: Rejection): { ok: false; error: Rejection } {
  return { ok: false, error };
}
