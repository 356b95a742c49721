/** The groups of names that reach each other in a circle, each sorted; none when everything runs one way. */
export function cyclesIn(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reached = new Map([...edges.keys()].map((name) => [name, reachableFrom(name, edges)]));
  const circles = [...edges.keys()]
    .filter((name) => reached.get(name)?.has(name))
    .map((name) => [...(reached.get(name) ?? [])].filter((other) => reached.get(other)?.has(name)).toSorted());
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()];
}

function reachableFrom(start: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const seen = new Set<string>();
  const waiting = [...(edges.get(start) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(edges.get(next) ?? []));
  }
  return seen;
}
