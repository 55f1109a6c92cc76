const MASK = '[secret]';

/** Holds a credential so that printing, logging or serializing it shows a mask. Only `reveal` gives the text. */
export type Secret = { readonly reveal: () => string; readonly toString: () => string; readonly toJSON: () => string };

export function secret(text: string): Secret {
  // The text lives in the closure: util.inspect of the object finds functions and no property that holds it.
  return Object.freeze({ reveal: () => text, toString: () => MASK, toJSON: () => MASK });
}
