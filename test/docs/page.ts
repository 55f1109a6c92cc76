/** What a reader types, or what the page says that comes of it. */
export type Block = { kind: 'commands' | 'json'; text: string; line: number };

const FENCE = /^```(\w*)$/;
const KINDS: Readonly<Record<string, Block['kind']>> = { sh: 'commands', json: 'json' };

/** The fenced blocks of a page that are commands or JSON, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { kind: Block['kind'] | undefined; from: number } | null = null;
  const lines = markdown.split('\n');
  for (const [index, line] of lines.entries()) {
    const fence = FENCE.exec(line);
    if (fence === null) continue;
    if (open === null) {
      open = { kind: KINDS[fence[1] ?? ''], from: index + 1 };
      continue;
    }
    if (open.kind !== undefined)
      blocks.push({ kind: open.kind, text: lines.slice(open.from, index).join('\n'), line: open.from + 1 });
    open = null;
  }
  return blocks;
}

/** The JSON values in a text, in order; what stands between them is passed over. */
export function jsonsIn(text: string): unknown[] {
  const found: unknown[] = [];
  for (let from = text.search(/[[{]/); from !== -1 && from < text.length; ) {
    const end = endOf(text, from);
    const value = end === null ? undefined : parse(text.slice(from, end));
    if (value !== undefined) found.push(value);
    const next = text.slice(value === undefined ? from + 1 : (end ?? from + 1)).search(/[[{]/);
    if (next === -1) break;
    from = (value === undefined ? from + 1 : (end ?? from + 1)) + next;
  }
  return found;
}

/** Behind the bracket that closes the one at `from`. */
function endOf(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = closingQuote(text, at);
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return null;
}

function closingQuote(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ELLIPSIS = '…';
/** What is another one each time: ids, cursors, times, keys. */
const PREFIXED = /^([a-z]{2,6}_)[\w-]{4,}$/;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** Where an answer isn't as the page says; null when it is. An ellipsis stands for anything, ids and times for another of their kind. */
export function difference(said: unknown, found: unknown, at = ''): string | null {
  if (said === ELLIPSIS) return null;
  if (typeof said === 'string')
    return isLike(said, found) ? null : `${at}: ${JSON.stringify(found)}, not ${JSON.stringify(said)}`;
  if (Array.isArray(said)) return differenceOfLists(said, found, at);
  if (said !== null && typeof said === 'object') return differenceOfObjects(said as Members, found, at);
  return said === found ? null : `${at}: ${JSON.stringify(found)}, not ${JSON.stringify(said)}`;
}

type Members = Readonly<Record<string, unknown>>;

function differenceOfLists(said: readonly unknown[], found: unknown, at: string): string | null {
  if (!Array.isArray(found)) return `${at}: no list`;
  const isCut = said.at(-1) === ELLIPSIS;
  if (!isCut && said.length !== found.length) return `${at}: ${found.length} items, not ${said.length}`;
  return firstOf(said, (item, index) => difference(item, found[index], `${at}/${index}`));
}

function differenceOfObjects(said: Members, found: unknown, at: string): string | null {
  if (found === null || typeof found !== 'object') return `${at}: ${JSON.stringify(found)}, no object`;
  const members = found as Members;
  const isCut = Object.hasOwn(said, ELLIPSIS);
  const more = Object.keys(members).find((name) => !Object.hasOwn(said, name));
  if (!isCut && more !== undefined) return `${at}/${more} is not on the page`;
  return firstOf(
    Object.keys(said).filter((name) => name !== ELLIPSIS),
    (name) => difference(said[name], members[name], `${at}/${name}`),
  );
}

function firstOf<Item>(items: readonly Item[], look: (item: Item, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const result = look(item, index);
    if (result !== null) return result;
  }
  return null;
}

function isLike(said: string, found: unknown): boolean {
  if (typeof found !== 'string') return false;
  const prefix = PREFIXED.exec(said)?.[1];
  if (prefix !== undefined && found.startsWith(prefix)) return true;
  if (TIME.test(said)) return TIME.test(found);
  const pieces = said.split(ELLIPSIS).map((piece) => piece.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`, 's').test(found);
}
