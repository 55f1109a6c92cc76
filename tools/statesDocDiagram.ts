export type Arrow = { from: string | null; to: string; label: string };
/** All that leads from one status to another. */
export type Edge = { from: string | null; to: string; labels: readonly string[] };
export type Box = { name: string; title: string; members: readonly string[] };

/** One edge for each pair, its labels sorted; an empty label says nothing. */
export function mergeEdges(arrows: readonly Arrow[]): Edge[] {
  const merged = new Map<string, Edge>();
  for (const { from, to, label } of arrows) {
    const key = `${from} ${to}`;
    const known = merged.get(key)?.labels ?? [];
    const labels = label === '' || known.includes(label) ? known : [...known, label].sort();
    merged.set(key, { from, to, labels });
  }
  return [...merged.values()].sort((a, b) => compare(`${a.from} ${a.to}`, `${b.from} ${b.to}`));
}

/** A mermaid state diagram. Where every member of the box has an edge to a status outside it, one edge from the box stands for all. */
export function diagram(box: Box, edges: readonly Edge[], starts: readonly string[]): string {
  const inside = edges.filter(({ from, to }) => box.members.includes(from ?? '') && box.members.includes(to));
  const shown = withBox(
    box,
    edges.filter((edge) => !inside.includes(edge) && edge.from !== null),
  );
  return [
    '```mermaid',
    'stateDiagram-v2',
    '  direction LR',
    ...starts.map((status) => `  [*] --> ${status}`),
    `  state "${box.title}" as ${box.name} {`,
    ...box.members.map((status) => `    ${status}`),
    ...inside.map((edge) => `  ${arrowText(edge)}`),
    '  }',
    ...shown.map(arrowText),
    '```',
  ].join('\n');
}

function withBox(box: Box, edges: readonly Edge[]): readonly Edge[] {
  const targets = [...new Set(edges.map(({ to }) => to))];
  const common = targets.filter((target) =>
    box.members.every((member) => edges.some(({ from, to }) => from === member && to === target)),
  );
  const replaced = edges.filter(({ from, to }) => common.includes(to) && box.members.includes(from ?? ''));
  const fromBox = mergeEdges(
    replaced.flatMap(({ to, labels }) => ['', ...labels].map((label) => ({ from: box.name, to, label }))),
  );
  return [...fromBox, ...edges.filter((edge) => !replaced.includes(edge))];
}

function arrowText({ from, to, labels }: Edge): string {
  const label = labels.length === 0 ? '' : `: ${labels.join('<br/>')}`;
  return `  ${from} --> ${to}${label}`;
}

/** By code point: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
