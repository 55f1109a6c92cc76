/** Structured logging. Fields never hold bodies, tokens, keys or personal data; a `fault` is written with its code. */
export type Log = {
  info: (message: string, fields?: LogFields) => void;
  error: (message: string, fields?: LogFields) => void;
};

export type LogFields = { readonly [name: string]: unknown };
